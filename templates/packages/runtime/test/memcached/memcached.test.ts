import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { type BinaryParts, binaryRequest, RawClient } from "./raw-client.ts";
import { startMemcachedWorker, startRealMemcached } from "./servers.ts";

const require = createRequire(import.meta.url);

/** mulberry32: small, fast, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Numbers never become shorter here: whether memcached then keeps the old length depends on what its threads are about.
 *
 * `K` a key, `D` data behind their length, `N` a number, `T` a time, `F` flags.
 */
const TEXT = [
  "set K F T D",
  "set K F 0 D",
  "set K 0 0 N",
  "add K F T D",
  "replace K F 0 D",
  "append K 0 0 D",
  "prepend K 0 0 D",
  "set K 0 0 D noreply",
  "cas K 0 0 D 99999",
  "get K",
  "get K K K",
  "gat T K K",
  "incr K N",
  "decr K N",
  "incr K x",
  "delete K",
  "delete K 0",
  "delete K 5",
  "touch K T",
  "touch K x",
  "get",
  "set K",
  "set K x 0 1",
  "nonsense",
  "incr K",
  "verbosity 1",
  "verbosity",
  "flush_all 1000",
  "mg K",
  "mg K v",
  "mg K s v f k Oabc",
  "mg K q v",
  "mg K v t T3000",
  "mg K v h",
  "mg K N60 v",
  "ms K D",
  "ms K D F5 T0 k Oq1",
  "ms K D ME",
  "ms K D MA",
  "ms K D MR",
  "ms K D q",
  "md K",
  "md K q k",
  "ma K v",
  "ma K D5 v",
  "ma K MD v t",
  "ma K N0 J1300000 v",
];

function randomText(seed: number, count: number): string[] {
  const random = randomFrom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  return Array.from({ length: count }, () => {
    let data = "";
    const words = pick(TEXT)
      .split(" ")
      .map((word, index, all) => {
        if (index === 0) return word;
        if (word === "K")
          return pick(["a", "b", "c", "counter", "key:with:colons", "k".repeat(random() < 0.05 ? 251 : 250)]);
        if (word === "D" || (word === "N" && all[0] === "set")) {
          const value = word === "N" ? pick(["5000000", "7000100"]) : pick(["", "value", "7123456", "with \r\n in it"]);
          data = `${value}\r\n`;
          return String(value.length);
        }
        if (word === "N") return pick(["1", "7", "1000"]);
        if (word === "T") return pick(["0", "100", "-1", "2000000000"]);
        return word === "F" ? pick(["0", "7", "4294967295"]) : word;
      });
    return `${words.join(" ")}\r\n${data}`;
  });
}

function randomBinary(seed: number, count: number): { text: string; bytes: Buffer }[] {
  const random = randomFrom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const numbers = (...values: number[]): Buffer =>
    Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));
  return Array.from({ length: count }, (_, opaque) => {
    const key = pick(["a", "b", "c"]);
    const value = pick(["", "value", "12"]);
    const store = numbers(pick([0, 5]), pick([0, 100]));
    const counter = numbers(0, pick([1, 10]), 0, 42, pick([0, 0xffffffff]));
    const requests: [number, BinaryParts][] = [
      [pick([0x00, 0x09, 0x0c, 0x0d]), { key }],
      [pick([0x01, 0x02, 0x03, 0x11, 0x12, 0x13]), { key, value, extras: store }],
      [pick([0x0e, 0x0f, 0x19, 0x1a]), { key, value }],
      [pick([0x04, 0x14]), { key }],
      [pick([0x05, 0x06, 0x15, 0x16]), { key, extras: counter }],
      [pick([0x1c, 0x1d, 0x1e, 0x23, 0x24]), { key, extras: numbers(100) }],
    ];
    const [opcode, parts] = pick(requests);
    return { text: `${opcode} ${JSON.stringify(parts)}`, bytes: binaryRequest(opcode, { ...parts, opaque }) };
  });
}

describe("answers are those of a real memcached", () => {
  let real: Awaited<ReturnType<typeof startRealMemcached>>;
  let ours: RunningWorker;

  before(async () => {
    [real, ours] = await Promise.all([startRealMemcached(), startMemcachedWorker()]);
  });

  after(async () => {
    await Promise.all([real?.stop(), ours?.stop()]);
  });

  async function compare(run: (client: RawClient, step: number) => Promise<string>, steps: string[]): Promise<void> {
    const clients = await Promise.all([RawClient.open(real.port), RawClient.open(ours.tcpPort)]);
    try {
      for (const [step, text] of steps.entries()) {
        const [expected, actual] = await Promise.all(clients.map((client) => run(client, step)));
        // The two clocks' seconds do not begin together, which shows in long times to live.
        const [a, b] = [actual, expected].map((answer) => answer!.replace(/ t\d{6,}/g, " t(long)"));
        assert.equal(
          a,
          b,
          `step ${step}: ${JSON.stringify(text)} after ${JSON.stringify(steps.slice(Math.max(0, step - 8), step))}`,
        );
      }
    } finally {
      for (const client of clients) client.close();
    }
  }

  for (const seed of [1, 2, 3]) {
    it(`1000 random commands of the text protocol, seed ${seed}`, async () => {
      const commands = ["flush_all\r\n", ...randomText(seed, 1000)];
      await compare((client, step) => client.exchange(commands[step]!), commands);
    });
  }

  it("1000 random requests of the binary protocol", async () => {
    const requests = randomBinary(9, 1000);
    const clearCas = (answers: string): string => {
      const bytes = Buffer.from(answers, "latin1");
      for (let at = 0; at + 24 <= bytes.length; at += 24 + bytes.readUInt32BE(at + 8)) bytes.fill(0, at + 16, at + 24);
      return bytes.toString("latin1");
    };
    await compare(
      async (client, step) => clearCas(await client.exchangeBinary(requests[step]!.bytes)),
      requests.map(({ text }) => text),
    );
  });
});

interface MemcachedClient {
  set(key: string, value: unknown, lifetime: number, done: (error?: Error) => void): void;
  get(key: string, done: (error: Error | undefined, value: unknown) => void): void;
  getMulti(keys: string[], done: (error: Error | undefined, values: Record<string, unknown>) => void): void;
  incr(key: string, by: number, done: (error: Error | undefined, value: unknown) => void): void;
  gets(key: string, done: (error: Error | undefined, value: { cas: string }) => void): void;
  cas(
    key: string,
    value: unknown,
    cas: string,
    lifetime: number,
    done: (error: Error | undefined, ok: boolean) => void,
  ): void;
  del(key: string, done: (error?: Error) => void): void;
  stats(done: (error: Error | undefined, stats: Record<string, unknown>[]) => void): void;
  end(): void;
}

interface MemjsClient {
  set(key: string, value: string, options: object): Promise<boolean>;
  get(key: string): Promise<{ value: Buffer | null }>;
  increment(key: string, by: number, options: object): Promise<{ value: number }>;
  delete(key: string): Promise<boolean>;
  close(): void;
}

describe("client libraries, unmodified", () => {
  it("memcached: values, several at once, counters, compare and swap, statistics", async () => {
    const worker = await startMemcachedWorker();
    const Memcached = require("memcached") as new (address: string) => MemcachedClient;
    const client = new Memcached(`127.0.0.1:${worker.tcpPort}`);
    const promised = <T>(run: (done: (error: Error | undefined, value: T) => void) => void): Promise<T> =>
      new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));
    try {
      await promised<void>((done) => client.set("user", { name: "Ada" }, 100, done as () => void));
      await promised<void>((done) => client.set("n", 41, 0, done as () => void));
      assert.deepEqual(await promised((done) => client.get("user", done)), { name: "Ada" });
      assert.equal(await promised((done) => client.incr("n", 1, done)), 42);
      assert.deepEqual(await promised((done) => client.getMulti(["user", "n", "none"], done)), {
        user: { name: "Ada" },
        n: 42,
      });
      const { cas } = await promised<{ cas: string }>((done) => client.gets("n", done));
      assert.equal(await promised((done) => client.cas("n", 1, cas, 0, done)), true);
      assert.equal(await promised((done) => client.cas("n", 2, cas, 0, done)), false);
      await promised<void>((done) => client.del("n", done as () => void));
      assert.equal(await promised((done) => client.get("n", done)), undefined);
      const [stats] = await promised<Record<string, unknown>[]>((done) => client.stats(done));
      assert.equal(stats!.curr_items, 1);
    } finally {
      client.end();
      await worker.stop();
    }
  });

  it("memjs with SASL; nobody else gets in; what was not used for longest makes room", async () => {
    const worker = await startMemcachedWorker({ entry: "worker-with-user.ts", vars: { MEMCACHED_PASSWORD: "s3cret" } });
    const { Client } = require("memjs") as { Client: { create(servers: string, options: object): MemjsClient } };
    const server = `127.0.0.1:${worker.tcpPort}`;
    const client = Client.create(server, { username: "app", password: "s3cret" });
    try {
      assert.equal(await client.set("greeting", "hello", { expires: 100 }), true);
      assert.equal(String((await client.get("greeting")).value), "hello");
      assert.equal((await client.increment("hits", 1, { initial: 7 })).value, 7);
      assert.equal((await client.increment("hits", 3, {})).value, 10);
      assert.equal(await client.delete("hits"), true);
      await assert.rejects(client.set("large", "x".repeat(200_000), {}), /TOO LARGE|too large|0003|SERVER ERROR/i);
      for (let i = 0; i < 30; i++) {
        await client.set(`filler${i}`, "x".repeat(60_000), {});
        await client.get("greeting");
      }
      assert.equal((await client.get("filler0")).value, null);
      assert.equal(String((await client.get("greeting")).value), "hello");
      const text = await RawClient.open(worker.tcpPort);
      assert.match(
        await text.exchange("get greeting\r\n").catch((error: Error) => error.message),
        /CLIENT_ERROR unauthenticated/,
      );
      text.close();
    } finally {
      client.close();
      await worker.stop();
    }
  });
});

describe("a memcached that is started again", () => {
  it("has what it had when the last client left: it may be evicted then, which is no restart", async () => {
    const storage = await mkdtemp(join(tmpdir(), "memcached-restart-"));
    try {
      const first = await startMemcachedWorker({ storage });
      const before = await RawClient.open(first.tcpPort);
      await before.exchange(
        "set kept 5 100 3\r\nyes\r\nset gone 0 1 1\r\nx\r\nset deleted 0 0 1\r\nx\r\ndelete deleted\r\n",
      );
      before.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await first.stop();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const second = await startMemcachedWorker({ storage });
      try {
        const again = await RawClient.open(second.tcpPort);
        assert.equal(await again.exchange("get kept gone deleted\r\n"), "VALUE kept 5 3\r\nyes\r\nEND\r\n");
        again.close();
      } finally {
        await second.stop();
      }
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  });
});
