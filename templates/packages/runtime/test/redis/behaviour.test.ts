import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { encodeCommand, RawClient } from "./resp-client.ts";
import { startRedisWorker } from "./servers.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("the Redis server in workerd", () => {
  let worker: RunningWorker;
  const clients: RawClient[] = [];

  before(async () => {
    worker = await startRedisWorker();
  });

  after(() => worker?.stop());

  async function client(): Promise<RawClient> {
    const opened = await RawClient.open(worker.tcpPort);
    clients.push(opened);
    return opened;
  }

  async function text(from: RawClient, ...args: string[]): Promise<string> {
    return (await from.command(...args)).text;
  }

  /** Waits until that many clients are blocked, so that a test does not depend on how fast the machine is. */
  async function untilBlocked(count: number): Promise<void> {
    const observer = await client();
    for (let i = 0; i < 250; i++) {
      if ((await text(observer, "INFO", "clients")).includes(`blocked_clients:${count}\r\n`)) return observer.close();
      await pause(20);
    }
    throw new Error(`${count} blocked clients were expected`);
  }

  it("serves blocked clients in the order in which they came", async () => {
    const [first, second, pusher] = [await client(), await client(), await client()];
    first.send(encodeCommand(["BLPOP", "queue", "5"]));
    await untilBlocked(1);
    second.send(encodeCommand(["BRPOP", "other", "queue", "5"]));
    await untilBlocked(2);
    assert.equal(await text(pusher, "RPUSH", "queue", "a", "b", "c"), ":3\r\n");
    assert.equal((await first.read()).text, "*2\r\n$5\r\nqueue\r\n$1\r\na\r\n");
    assert.equal((await second.read()).text, "*2\r\n$5\r\nqueue\r\n$1\r\nc\r\n");
    assert.equal(await text(pusher, "LRANGE", "queue", "0", "-1"), "*1\r\n$1\r\nb\r\n");
    await text(pusher, "DEL", "queue");
  });

  it("goes on with a blocked client's pipeline once it is served", async () => {
    const [waiting, pusher] = [await client(), await client()];
    waiting.send(Buffer.concat([["BLPOP", "q", "0"], ["PING"], ["DBSIZE"]].map(encodeCommand)));
    await untilBlocked(1);
    assert.equal(await waiting.drain(30), "");
    await text(pusher, "LPUSH", "q", "x");
    const replies = [await waiting.read(), await waiting.read(), await waiting.read()];
    assert.deepEqual(
      replies.map((reply) => reply.text),
      ["*2\r\n$1\r\nq\r\n$1\r\nx\r\n", "+PONG\r\n", ":0\r\n"],
    );
  });

  it("keeps an element for the next client when a blocked one hangs up", async () => {
    const [gone, pusher] = [await client(), await client()];
    gone.send(encodeCommand(["BLPOP", "jobs", "0"]));
    await untilBlocked(1);
    gone.close();
    await untilBlocked(0);
    await text(pusher, "LPUSH", "jobs", "x");
    assert.equal(await text(pusher, "LPOP", "jobs"), "$1\r\nx\r\n");
  });

  it("ends a wait after its timeout", async () => {
    const waiting = await client();
    const start = Date.now();
    assert.equal(await text(waiting, "BLPOP", "never", "0.2"), "*-1\r\n");
    assert.ok(Date.now() - start >= 190);
    assert.equal(await text(waiting, "BZPOPMIN", "never", "0.05"), "*-1\r\n");
    assert.equal(await text(waiting, "XREAD", "BLOCK", "50", "STREAMS", "never", "$"), "*-1\r\n");
  });

  it("wakes BLMOVE, BZPOPMAX, XREAD and XREADGROUP", async () => {
    const [waiting, other] = [await client(), await client()];
    const wake = async (blocking: string[], ...waking: string[][]): Promise<string> => {
      waiting.send(encodeCommand(blocking));
      await untilBlocked(1);
      for (const args of waking) await other.command(...args);
      return (await waiting.read()).text;
    };
    assert.equal(await wake(["BLMOVE", "from", "to", "LEFT", "RIGHT", "5"], ["RPUSH", "from", "m"]), "$1\r\nm\r\n");
    assert.equal(await text(other, "LRANGE", "to", "0", "-1"), "*1\r\n$1\r\nm\r\n");
    assert.equal(
      await wake(["BZPOPMAX", "scores", "5"], ["ZADD", "scores", "1", "low", "2", "high"]),
      "*3\r\n$6\r\nscores\r\n$4\r\nhigh\r\n$1\r\n2\r\n",
    );
    assert.equal(
      await wake(["XREAD", "BLOCK", "5000", "STREAMS", "log", "$"], ["XADD", "log", "7-1", "k", "v"]),
      "*1\r\n*2\r\n$3\r\nlog\r\n*1\r\n*2\r\n$3\r\n7-1\r\n*2\r\n$1\r\nk\r\n$1\r\nv\r\n",
    );
    await other.command("XGROUP", "CREATE", "log", "g", "$");
    assert.equal(
      await wake(
        ["XREADGROUP", "GROUP", "g", "me", "BLOCK", "5000", "STREAMS", "log", ">"],
        ["XADD", "log", "8-1", "k", "w"],
      ),
      "*1\r\n*2\r\n$3\r\nlog\r\n*1\r\n*2\r\n$3\r\n8-1\r\n*2\r\n$1\r\nk\r\n$1\r\nw\r\n",
    );
    // A key that arrives by other ways counts too, and one of another type does not.
    assert.equal(
      await wake(
        ["BLPOP", "late", "5"],
        ["SET", "late", "text"],
        ["DEL", "late"],
        ["RPUSH", "x", "1"],
        ["RENAME", "x", "late"],
      ),
      "*2\r\n$4\r\nlate\r\n$1\r\n1\r\n",
    );
    assert.match(
      await wake(["XREADGROUP", "GROUP", "g", "me", "BLOCK", "0", "STREAMS", "log", ">"], ["DEL", "log"]),
      /^-NOGROUP/,
    );
  });

  it("unblocks a client for another one", async () => {
    const [waiting, other] = [await client(), await client()];
    const id = (await text(waiting, "CLIENT", "ID")).slice(1, -2);
    waiting.send(encodeCommand(["BLPOP", "never", "0"]));
    await untilBlocked(1);
    assert.equal(await text(other, "CLIENT", "UNBLOCK", id, "ERROR"), ":1\r\n");
    assert.match((await waiting.read()).text, /^-UNBLOCKED/);
    assert.equal(await text(other, "CLIENT", "UNBLOCK", id), ":0\r\n");
  });

  it("lets EXEC fail when a watched key changed or expired, and not for the client's own database only", async () => {
    const [watcher, other] = [await client(), await client()];
    await text(watcher, "SET", "w", "1");
    await text(watcher, "WATCH", "w");
    await text(other, "INCR", "w");
    await text(watcher, "MULTI");
    await text(watcher, "SET", "w", "mine");
    assert.equal(await text(watcher, "EXEC"), "*-1\r\n");
    assert.equal(await text(watcher, "GET", "w"), "$1\r\n2\r\n");
    await text(watcher, "SET", "w", "1", "PX", "60");
    await text(watcher, "WATCH", "w");
    await pause(120);
    await text(watcher, "MULTI");
    assert.equal(await text(watcher, "EXEC"), "*-1\r\n");
    // The same name in another database is another key.
    await text(watcher, "SET", "w", "1");
    await text(watcher, "WATCH", "w");
    await text(other, "SELECT", "1");
    await text(other, "SET", "w", "x");
    await text(watcher, "MULTI");
    assert.equal(await text(watcher, "EXEC"), "*0\r\n");
    await text(other, "FLUSHDB");
  });

  it("removes expired keys in time, whoever looks", async () => {
    const redis = await client();
    await text(redis, "FLUSHALL");
    await text(redis, "SET", "short", "v", "PX", "500");
    await text(redis, "HSET", "h", "f", "v");
    await text(redis, "PEXPIRE", "h", "500");
    assert.equal(await text(redis, "DBSIZE"), ":2\r\n");
    assert.match(await text(redis, "PTTL", "short"), /^:(?:500|[1-4]\d\d|\d{1,2})\r\n$/);
    await pause(550);
    assert.equal(await text(redis, "DBSIZE"), ":0\r\n");
    assert.equal(await text(redis, "KEYS", "*"), "*0\r\n");
    assert.equal(await text(redis, "HGETALL", "h"), "*0\r\n");
    assert.equal(await text(redis, "GET", "short"), "$-1\r\n");
  });

  it("sends keyspace notifications, also for keys that expire unseen", async () => {
    const [listener, redis] = [await client(), await client()];
    await text(redis, "CONFIG", "SET", "notify-keyspace-events", "KEA");
    await text(listener, "PSUBSCRIBE", "__key*__:*");
    await text(redis, "SET", "k", "v", "PX", "100");
    await text(redis, "LPUSH", "l", "a");
    await text(redis, "LPOP", "l");
    const messages: string[] = [];
    while (messages.length < 12) messages.push((await listener.read()).text);
    const events = messages.map((message) => /__(key\w+)@0__:([^\r]+)\r\n\$\d+\r\n([^\r]+)/.exec(message) ?? []);
    assert.deepEqual(
      events.map(([, kind, name, message]) => (kind === "keyspace" ? `${name} ${message}` : `${name}: ${message}`)),
      [
        ...["k set", "set: k", "k expire", "expire: k"],
        ...["l lpush", "lpush: l", "l lpop", "lpop: l", "l del", "del: l"],
        ...["k expired", "expired: k"],
      ],
    );
    await text(redis, "CONFIG", "SET", "notify-keyspace-events", "");
  });

  it("answers hundreds of pipelined commands, and inline ones", async () => {
    const redis = await client();
    redis.send(Buffer.concat(Array.from({ length: 500 }, (_, i) => encodeCommand(["SET", `p${i}`, "v"]))));
    for (let i = 0; i < 500; i++) assert.equal((await redis.read()).text, "+OK\r\n");
    redis.send(Buffer.from('SET inline "with blanks"\r\nGET inline\r\n\r\nPING\r\n'));
    for (const reply of ["+OK\r\n", "$11\r\nwith blanks\r\n", "+PONG\r\n"]) {
      assert.equal((await redis.read()).text, reply);
    }
  });

  it("takes commands in pieces of any size", async () => {
    const redis = await client();
    const bytes = encodeCommand(["SET", "pieces", "a\r\nb"]);
    for (const byte of bytes) {
      redis.send(Buffer.from([byte]));
      await pause(1);
    }
    assert.equal((await redis.read()).text, "+OK\r\n");
    assert.equal(await text(redis, "GET", "pieces"), "$4\r\na\r\nb\r\n");
  });

  it("stores large strings, and refuses large elements", async () => {
    const redis = await client();
    const large = Buffer.alloc(5_000_000, "0123456789");
    assert.equal((await redis.command("SET", "large", large)).text, "+OK\r\n");
    assert.equal(await text(redis, "STRLEN", "large"), ":5000000\r\n");
    assert.equal(await text(redis, "GETRANGE", "large", "2097150", "2097159"), "$10\r\n0123456789\r\n");
    assert.equal(await text(redis, "APPEND", "large", "end"), ":5000003\r\n");
    assert.equal(await text(redis, "GETRANGE", "large", "-5", "-1"), "$5\r\n89end\r\n");
    assert.equal(await text(redis, "COPY", "large", "copy"), ":1\r\n");
    assert.equal(await text(redis, "SET", "large", "small"), "+OK\r\n");
    assert.equal(await text(redis, "GET", "large"), "$5\r\nsmall\r\n");
    assert.equal((await redis.command("GET", "copy")).text.length, 5_000_003 + "$5000003\r\n\r\n".length);
    assert.match(
      (await redis.command("HSET", "h", "f", large)).text,
      /^-ERR an element or key may have at most 1900000 bytes/,
    );
    assert.equal((await redis.command("RPUSH", "l", large.subarray(0, 1_900_000))).text, ":1\r\n");
    assert.equal(await text(redis, "DEL", "copy", "large", "l"), ":3\r\n");
  });

  it("ends a connection whose bytes are no RESP", async () => {
    for (const [bytes, error] of [
      ["*1\r\nx", "expected '$', got 'x'"],
      ["*99999999999\r\n", "invalid multibulk length"],
      ["*1\r\n$-5\r\n", "invalid bulk length"],
      ['SET "unbalanced\r\n', "unbalanced quotes in request"],
    ]) {
      const redis = await client();
      redis.send(Buffer.from(bytes + "\r\n"));
      assert.equal((await redis.read()).text, `-ERR Protocol error: ${error}\r\n`);
      assert.equal(await redis.closed(), true);
    }
  });

  it("closes a connection that it is told to, and others", async () => {
    const [quitting, killer, victim] = [await client(), await client(), await client()];
    assert.equal(await text(quitting, "QUIT"), "+OK\r\n");
    assert.equal(await quitting.closed(), true);
    const id = (await text(victim, "CLIENT", "ID")).slice(1, -2);
    assert.equal(await text(killer, "CLIENT", "KILL", "ID", id), ":1\r\n");
    assert.equal(await victim.closed(), true);
  });

  it("switches replies off and on", async () => {
    const redis = await client();
    redis.send(
      Buffer.concat([
        encodeCommand(["CLIENT", "REPLY", "SKIP"]),
        encodeCommand(["PING", "skipped"]),
        encodeCommand(["PING", "shown"]),
        encodeCommand(["CLIENT", "REPLY", "OFF"]),
        encodeCommand(["PING", "off"]),
        encodeCommand(["CLIENT", "REPLY", "ON"]),
      ]),
    );
    assert.equal((await redis.read()).text, "$5\r\nshown\r\n");
    assert.equal((await redis.read()).text, "+OK\r\n");
  });

  it("sends pushes between RESP3 replies", async () => {
    const [subscriber, publisher] = [await client(), await client()];
    await subscriber.command("HELLO", "3");
    assert.equal(await text(subscriber, "SUBSCRIBE", "c"), ">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
    await text(publisher, "PUBLISH", "c", "m");
    assert.equal((await subscriber.read()).text, ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n");
    assert.equal(await text(subscriber, "GET", "none"), "_\r\n");
    assert.equal(await text(publisher, "SPUBLISH", "c", "m"), ":0\r\n");
    assert.equal(await text(subscriber, "SSUBSCRIBE", "c"), ">3\r\n$10\r\nssubscribe\r\n$1\r\nc\r\n:1\r\n");
    await text(publisher, "SPUBLISH", "c", "s");
    assert.equal((await subscriber.read()).text, ">3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$1\r\ns\r\n");
  });

  it("shows commands to MONITOR, but no passwords", async () => {
    const [monitor, redis] = [await client(), await client()];
    await text(monitor, "MONITOR");
    await text(redis, "SET", "seen", "a b");
    await text(redis, "AUTH", "default", "topsecret");
    await text(redis, "PING");
    assert.match((await monitor.read()).text, /"SET" "seen" "a b"/);
    // Nothing stands between the two.
    assert.match((await monitor.read()).text, /"PING"/);
  });

  it("scans a large collection completely while it changes", async () => {
    const redis = await client();
    const fields = Array.from({ length: 3000 }, (_, i) => [`f${i}`, "v"]).flat();
    await text(redis, "HSET", "big", ...fields);
    const seen = new Set<string>();
    let cursor = "0";
    do {
      const reply = await redis.command("HSCAN", "big", cursor, "COUNT", "100");
      cursor = reply.items[0]!.text.split("\r\n")[1]!;
      reply.items[1]!.items.forEach((item, i) => i % 2 === 0 && seen.add(item.text));
      await text(redis, "HDEL", "big", "f0", "f1");
      await text(redis, "HSET", "big", `new${seen.size}`, "v");
    } while (cursor !== "0");
    for (let i = 2; i < 3000; i++) assert.ok(seen.has(`$${`f${i}`.length}\r\nf${i}\r\n`), `f${i} was not returned`);
    await text(redis, "DEL", "big");
  });
});

describe("a Redis server with a password and a container's options", () => {
  let worker: RunningWorker;

  before(async () => {
    worker = await startRedisWorker({ entry: "worker-with-password.ts", vars: { REDIS_PASSWORD: "s3cret" } });
  });

  after(() => worker?.stop());

  it("asks for it", async () => {
    const redis = await RawClient.open(worker.tcpPort);
    assert.match((await redis.command("GET", "k")).text, /^-NOAUTH/);
    assert.match((await redis.command("HELLO", "3")).text, /^-NOAUTH/);
    assert.match((await redis.command("AUTH", "wrong")).text, /^-WRONGPASS/);
    assert.equal((await redis.command("AUTH", "s3cret")).text, "+OK\r\n");
    assert.equal((await redis.command("GET", "k")).text, "$-1\r\n");
    redis.close();
    const other = await RawClient.open(worker.tcpPort);
    assert.match((await other.command("HELLO", "3", "AUTH", "default", "s3cret", "SETNAME", "app")).text, /^%7\r\n/);
    assert.equal((await other.command("CLIENT", "GETNAME")).text, "$3\r\napp\r\n");
    other.close();
  });

  it("has the parameters of its command line", async () => {
    const redis = await RawClient.open(worker.tcpPort);
    await redis.command("AUTH", "s3cret");
    const reply = await redis.command("CONFIG", "GET", "maxmemory*", "databases");
    assert.equal(
      reply.items.map(({ text }) => text.split("\r\n")[1]).join(" "),
      "databases 4 maxmemory 268435456 maxmemory-policy allkeys-lru maxmemory-samples 5",
    );
    assert.match((await redis.command("SELECT", "4")).text, /^-ERR DB index is out of range/);
    redis.close();
  });
});

describe("a Redis server that is started again", () => {
  it("has its data", async () => {
    const storage = await mkdtemp(join(tmpdir(), "redis-restart-"));
    try {
      const first = await startRedisWorker({ storage });
      const before = await RawClient.open(first.tcpPort);
      for (const args of [
        ["SET", "s", "v", "EX", "1000"],
        ["SET", "gone", "v", "PX", "50"],
        ["RPUSH", "l", "a", "b"],
        ["LPUSH", "l", "z"],
        ["HSET", "h", "b", "2", "a", "1"],
        ["SADD", "set", "m"],
        ["ZADD", "z", "inf", "top", "1.5", "m"],
        ["XADD", "x", "1-1", "f", "v"],
        ["XGROUP", "CREATE", "x", "g", "0"],
        ["FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('seven', function() return 7 end)"],
      ]) {
        assert.doesNotMatch((await before.command(...args)).text, /^-/);
      }
      await first.stop();
      const second = await startRedisWorker({ storage });
      try {
        const redis = await RawClient.open(second.tcpPort);
        const text = async (...args: string[]): Promise<string> => (await redis.command(...args)).text;
        assert.equal(await text("GET", "s"), "$1\r\nv\r\n");
        assert.match(await text("TTL", "s"), /^:(?:1000|99\d)\r\n/);
        assert.equal(await text("GET", "gone"), "$-1\r\n");
        assert.equal(await text("LRANGE", "l", "0", "-1"), "*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\nb\r\n");
        assert.equal(await text("HGETALL", "h"), "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\n1\r\n");
        assert.equal(await text("SMEMBERS", "set"), "*1\r\n$1\r\nm\r\n");
        assert.equal(await text("ZSCORE", "z", "top"), "$3\r\ninf\r\n");
        assert.match(await text("XREADGROUP", "GROUP", "g", "c", "STREAMS", "x", ">"), /1-1/);
        assert.equal(await text("DBSIZE"), ":6\r\n");
        assert.equal(await text("FCALL", "seven", "0"), ":7\r\n");
        redis.close();
      } finally {
        await second.stop();
      }
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  });
});

describe("a Redis server over the websocket transport", () => {
  let worker: RunningWorker;

  before(async () => {
    worker = await startRedisWorker({ entry: "worker-over-websocket.ts" });
  });

  after(() => worker?.stop());

  it("serves the same protocol", async () => {
    const redis = await RawClient.open(worker.tcpPort);
    assert.equal((await redis.command("SET", "k", "v".repeat(3_000_000))).text, "+OK\r\n");
    assert.equal((await redis.command("STRLEN", "k")).text, ":3000000\r\n");
    assert.equal((await redis.command("GET", "k")).text.length, 3_000_000 + "$3000000\r\n\r\n".length);
    redis.close();
  });

  it("is not open to the internet: HTTP requests get 404", async () => {
    const response = await worker.fetch("/", { headers: { "x-dock2edge-connect": "redis:6379" } });
    assert.equal(response.status, 404);
  });
});
