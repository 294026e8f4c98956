import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Queue, QueueEvents, Worker } from "bullmq";
import { RedisStore } from "connect-redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RunningWorker } from "../../../../test/workerd.ts";
import { startRedisWorker } from "./servers.ts";

describe("client libraries, unmodified", () => {
  let worker: RunningWorker;
  let address: { host: string; port: number };

  before(async () => {
    worker = await startRedisWorker();
    address = { host: "127.0.0.1", port: worker.tcpPort };
  });

  after(() => worker?.stop());

  it("ioredis: commands, pipelines, transactions, scripts, scan streams", async () => {
    const redis = new Redis(address);
    await redis.set("greeting", "hello", "EX", 100);
    assert.equal(await redis.get("greeting"), "hello");
    assert.deepEqual(await redis.pipeline().incr("n").incr("n").get("greeting").exec(), [
      [null, 1],
      [null, 2],
      [null, "hello"],
    ]);
    assert.deepEqual(await redis.multi().hset("user:1", { name: "Ada", age: 36 }).hgetall("user:1").exec(), [
      [null, 2],
      [null, { name: "Ada", age: "36" }],
    ]);
    redis.defineCommand("addTwice", {
      numberOfKeys: 1,
      lua: "redis.call('INCRBY', KEYS[1], ARGV[1]) return redis.call('INCRBY', KEYS[1], ARGV[1])",
    });
    const { addTwice } = redis as unknown as { addTwice(key: string, by: number): Promise<number> };
    assert.equal(await addTwice.call(redis, "twice", 21), 42);
    await redis.mset(Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`scan:${i}`, i])));
    const found: string[] = [];
    for await (const keys of redis.scanStream({ match: "scan:*", count: 40 })) found.push(...(keys as string[]));
    assert.equal(new Set(found).size, 250);
    assert.deepEqual(await redis.getBuffer("greeting"), Buffer.from("hello"));
    await assert.rejects(redis.incr("greeting"), /^ReplyError: ERR value is not an integer or out of range$/);
    await redis.quit();
  });

  it("ioredis: publish and subscribe, also by pattern", async () => {
    const [subscriber, publisher] = [new Redis(address), new Redis(address)];
    const received: string[] = [];
    subscriber.on("message", (channel, message) => received.push(`${channel} ${message}`));
    subscriber.on("pmessage", (pattern, channel, message) => received.push(`${pattern} ${channel} ${message}`));
    await subscriber.subscribe("news");
    await subscriber.psubscribe("n*s");
    assert.equal(await publisher.publish("news", "one"), 2);
    assert.equal(await publisher.publish("other", "two"), 0);
    await publisher.ping();
    await subscriber.ping();
    assert.deepEqual(received, ["news one", "n*s news one"]);
    await Promise.all([subscriber.quit(), publisher.quit()]);
  });

  it("redis 5 with RESP2 and RESP3", async () => {
    for (const RESP of [2, 3] as const) {
      const client = createClient({ url: `redis://127.0.0.1:${address.port}`, RESP });
      await client.connect();
      await client.flushDb();
      await client.hSet("h", { a: "1", b: "2" });
      assert.deepEqual({ ...(await client.hGetAll("h")) }, { a: "1", b: "2" });
      await client.zAdd("z", [
        { score: 1.5, value: "x" },
        { score: 2, value: "y" },
      ]);
      assert.deepEqual(await client.zRangeWithScores("z", 0, -1), [
        { value: "x", score: 1.5 },
        { value: "y", score: 2 },
      ]);
      assert.deepEqual(await client.multi().set("k", "v").get("k").exec(), ["OK", "v"]);
      await client.watch("k");
      await client.set("k", "changed");
      await assert.rejects(client.multi().get("k").exec(), /watched keys has been changed/);
      const id = await client.xAdd("events", "*", { type: "created" });
      const entries = await client.xRange("events", "-", "+");
      assert.deepEqual(
        entries.map((entry) => [entry.id, { ...entry.message }]),
        [[id, { type: "created" }]],
      );
      const subscriber = client.duplicate();
      await subscriber.connect();
      const heard = new Promise(
        (resolve) => void subscriber.subscribe("c", resolve).then(() => client.publish("c", "m")),
      );
      assert.equal(await heard, "m");
      await Promise.all([client.close(), subscriber.close()]);
    }
  });

  it("connect-redis: a session is stored, touched and destroyed", async () => {
    const client = createClient({ url: `redis://127.0.0.1:${address.port}` });
    await client.connect();
    const store = new RedisStore({ client, prefix: "sess:" });
    const session = { cookie: { originalMaxAge: 60_000 }, user: "ada" };
    await store.set("id1", session as never);
    assert.deepEqual(await store.get("id1"), session);
    await store.touch("id1", session as never);
    assert.equal((await client.ttl("sess:id1")) > 0, true);
    assert.deepEqual(await store.ids(), ["id1"]);
    await store.destroy("id1");
    assert.equal((await store.get("id1")) ?? null, null);
    await client.close();
  });

  it("BullMQ: jobs run with retries, delays and results", async () => {
    const connection = { ...address, maxRetriesPerRequest: null };
    const queue = new Queue("mail", { connection });
    const events = new QueueEvents("mail", { connection });
    await events.waitUntilReady();
    const runs: string[] = [];
    const processor = new Worker(
      "mail",
      async (job) => {
        runs.push(`${job.name} ${job.attemptsMade}`);
        if (job.name === "flaky" && job.attemptsMade === 0) throw new Error("not yet");
        return `sent to ${(job.data as { to: string }).to}`;
      },
      { connection },
    );
    const plain = await queue.add("plain", { to: "a" });
    const flaky = await queue.add("flaky", { to: "b" }, { attempts: 2, backoff: 50 });
    const delayed = await queue.add("delayed", { to: "c" }, { delay: 300 });
    const results = await Promise.all([plain, flaky, delayed].map((job) => job.waitUntilFinished(events, 10_000)));
    assert.deepEqual(results, ["sent to a", "sent to b", "sent to c"]);
    assert.deepEqual(runs.sort(), ["delayed 0", "flaky 0", "flaky 1", "plain 0"]);
    const counts = await queue.getJobCounts("completed", "failed", "waiting");
    assert.deepEqual(counts, { completed: 3, failed: 0, waiting: 0, paused: 0 });
    await Promise.all([processor.close(), events.close()]);
    await queue.close();
  });
});
