/** DUMP and RESTORE carry values between this server and a real Redis, in both directions. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { RawClient, type RawReply } from "./resp-client.ts";
import { startRealRedis, startRedisWorker, type TestServer } from "./servers.ts";

const long = "abc".repeat(5000);
const noise = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 7919) & 0xff)).toString("latin1");
const range = (count: number, make: (n: number) => string[]) => Array.from({ length: count }, (_, n) => make(n)).flat();

/** How each value is made, and how it is read back. */
const values: Record<string, { make: string[][]; read: string[] }> = {
  "a short string": { make: [["SET", "k", "hello"]], read: ["GET", "k"] },
  "an empty string": { make: [["SET", "k", ""]], read: ["GET", "k"] },
  "small and large integers": { make: [["MSET", "k", "-7", "x", "1"]], read: ["GET", "k"] },
  "an integer of four bytes": { make: [["SET", "k", "-2000000000"]], read: ["GET", "k"] },
  "an integer of eight bytes": { make: [["SET", "k", "9007199254740993"]], read: ["GET", "k"] },
  "a string that compresses": { make: [["SET", "k", long]], read: ["GET", "k"] },
  "bytes that do not": { make: [["SET", "k", noise]], read: ["GET", "k"] },
  "a short list": {
    make: [["RPUSH", "k", "a", "1", "-4096", "70000", "-9000000000", noise]],
    read: ["LRANGE", "k", "0", "-1"],
  },
  "a long list": { make: [["RPUSH", "k", ...range(2000, (n) => [`element ${n}`])]], read: ["LRANGE", "k", "0", "-1"] },
  "a list with a large element": { make: [["RPUSH", "k", "x".repeat(100_000), "y"]], read: ["LRANGE", "k", "0", "-1"] },
  "a set of integers": { make: [["SADD", "k", "3", "1", "-100000", "2"]], read: ["SMEMBERS", "k"] },
  "a large set": { make: [["SADD", "k", ...range(1000, (n) => [`m${n}`])]], read: ["SORT", "k", "ALPHA"] },
  "a small hash": { make: [["HSET", "k", "f", "v", "number", "123456", "empty", ""]], read: ["HGETALL", "k"] },
  "a large hash": {
    make: [["HSET", "k", ...range(700, (n) => [`f${n}`, String(n)])]],
    read: ["HMGET", "k", "f0", "f699"],
  },
  "a small sorted set": {
    make: [["ZADD", "k", "1.5", "a", "-inf", "b", "3", "c"]],
    read: ["ZRANGE", "k", "0", "-1", "WITHSCORES"],
  },
  "a large sorted set": {
    make: [["ZADD", "k", ...range(300, (n) => [String(n / 4), `m${n}`])]],
    read: ["ZRANGE", "k", "0", "-1", "WITHSCORES"],
  },
};

/** The bytes of a bulk string. */
const bytesOf = (reply: RawReply): Buffer =>
  Buffer.from(reply.text.slice(reply.text.indexOf("\r\n") + 2, -2), "latin1");
const toBytes = (words: string[]): Buffer[] => words.map((word) => Buffer.from(word, "latin1"));

describe("DUMP and RESTORE", () => {
  let servers: { real: TestServer; ours: RunningWorker };
  let real: RawClient;
  let ours: RawClient;

  before(async () => {
    const [realServer, worker] = await Promise.all([startRealRedis(), startRedisWorker()]);
    servers = { real: realServer, ours: worker };
    [real, ours] = await Promise.all([RawClient.open(realServer.port), RawClient.open(worker.tcpPort)]);
  });

  after(async () => {
    real?.close();
    ours?.close();
    await Promise.all([servers?.real.stop(), servers?.ours.stop()]);
  });

  for (const [name, { make, read }] of Object.entries(values)) {
    for (const direction of ["from Redis", "to Redis"]) {
      it(`${name}, ${direction}`, async () => {
        const [from, to] = direction === "from Redis" ? [real, ours] : [ours, real];
        await Promise.all([from.command("FLUSHALL"), to.command("FLUSHALL")]);
        for (const words of make) await from.command(...toBytes(words));
        const dump = bytesOf(await from.command("DUMP", "k"));
        assert.equal((await to.command("RESTORE", "k", "0", dump)).text, "+OK\r\n");
        assert.equal((await to.command(...read)).text, (await from.command(...read)).text);
        assert.equal((await to.command("TYPE", "k")).text, (await from.command("TYPE", "k")).text);
      });
    }
  }

  it("refuses what Redis refuses, in the same words", async () => {
    await Promise.all([real.command("FLUSHALL"), ours.command("FLUSHALL")]);
    await real.command("SET", "s", "v");
    const dump = bytesOf(await real.command("DUMP", "s"));
    const broken = Buffer.from(dump);
    broken[1] = 99;
    const commands: (string | Buffer)[][] = [
      ["DUMP", "nothing"],
      ["RESTORE", "a", "0", dump],
      ["RESTORE", "a", "0", dump],
      ["RESTORE", "a", "0", dump, "REPLACE"],
      ["RESTORE", "b", "100000", dump],
      ["RESTORE", "b", "-1", dump, "REPLACE"],
      ["RESTORE", "b", "1000", dump, "REPLACE", "ABSTTL"],
      ["EXISTS", "b"],
      ["RESTORE", "c", "0", broken],
      ["RESTORE", "c", "0", "short"],
      ["RESTORE", "c", "0", dump, "IDLETIME", "-1"],
      ["RESTORE", "c", "0", dump, "FREQ", "300"],
      ["RESTORE", "c", "0", dump, "NONSENSE"],
      ["RESTORE", "c", "0", dump, "IDLETIME", "10"],
      ["GET", "c"],
    ];
    for (const words of commands) {
      const [expected, actual] = [await real.command(...words), await ours.command(...words)];
      assert.equal(actual.text, expected.text, String(words[0]) + String(words[1]));
    }
  });
});
