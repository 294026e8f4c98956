/**
 * Kills workerd while it writes, again and again, and looks after each restart for everything that it had acknowledged: in
 * Redis, in files of a volume, in SQLite.
 *
 * `npm test` does it a few times; `npm run test:durability` 50 times.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { build } from "esbuild";
import { Redis } from "ioredis";
import { type RunningWorker, startWorker, type WorkerModule } from "../../../../test/workerd.ts";
import { callbackModule } from "../../src/sqlite/callbacks.ts";
import { BULK_ROWS, type Found } from "./program.ts";

const ROUNDS = Number(process.env["DURABILITY_ROUNDS"] ?? 6);
/** The kill comes after some acknowledgements, a number that nothing is in step with, or after this time. */
const FEWEST_WRITES = 25;
const VARIATION = 97;
const LONGEST_MS = 8_000;
const KINDS = ["log", "file", "rollback", "wal", "bulk"] as const;

/** What was acknowledged, over all rounds. */
const acknowledged = { log: [], file: [], rollback: [], wal: [], bulk: [], redis: [] } as Record<
  (typeof KINDS)[number] | "redis",
  number[]
>;

async function modules(): Promise<WorkerModule[]> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, "worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2023",
    conditions: ["workerd"],
    external: ["cloudflare:*", "node:*", "*.wasm"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
  });
  const engine = createRequire(import.meta.url).resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm");
  return [
    { name: "worker.mjs", type: "esModule", content: bundle.outputFiles[0]!.text },
    { name: "sqlite3.wasm", type: "wasm", content: await readFile(engine) },
    { name: "callbacks.wasm", type: "wasm", content: callbackModule() },
  ];
}

/** Writes one thing after the other, each with a number of its own, until the server is gone. */
async function keepWriting(kind: keyof typeof acknowledged, write: (n: number) => Promise<boolean>): Promise<void> {
  const numbers = acknowledged[kind];
  for (let n = (numbers.at(-1) ?? 0) + 1000; ; n++) {
    try {
      if (await write(n)) numbers.push(n);
    } catch {
      return;
    }
  }
}

async function writeAndKill(worker: RunningWorker, writes: number): Promise<void> {
  const redis = new Redis(worker.tcpPort, "127.0.0.1", { retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => {});
  const writers = KINDS.map((kind) =>
    keepWriting(kind, async (n) => (await worker.fetch(`/${kind}/${n}`, { method: "POST" })).status === 200),
  );
  writers.push(
    keepWriting("redis", async (n) => {
      const results = await redis.multi().set(`key:${n}`, n).rpush("list", n).hset("hash", n, "x").exec();
      return results !== null;
    }),
  );
  const count = () => Object.values(acknowledged).reduce((sum, numbers) => sum + numbers.length, 0);
  const target = count() + writes;
  for (const until = Date.now() + LONGEST_MS; count() < target && Date.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await worker.stop();
  redis.disconnect();
  await Promise.all(writers);
}

async function findAll(worker: RunningWorker): Promise<Found & { redis: number[] }> {
  const redis = new Redis(worker.tcpPort, "127.0.0.1");
  try {
    const response = await worker.fetch("/");
    assert.equal(response.status, 200, worker.output());
    const keys = (await redis.keys("key:*")).map((key) => Number(key.slice("key:".length)));
    const list = (await redis.lrange("list", 0, -1)).map(Number);
    const hash = (await redis.hkeys("hash")).map(Number);
    const all = (n: number) => list.includes(n) && hash.includes(n);
    assert.equal(list.length, keys.length, "a transaction of Redis was done by halves");
    return { ...((await response.json()) as Found), redis: keys.filter(all) };
  } finally {
    redis.disconnect();
  }
}

function check(found: Awaited<ReturnType<typeof findAll>>): void {
  const names = { ...found, file: found.files, bulk: found.bulk.map(([n]) => n) };
  for (const [kind, numbers] of Object.entries(acknowledged) as [keyof typeof acknowledged, number[]][]) {
    const there = new Set(names[kind]);
    const lost = numbers.filter((n) => !there.has(n));
    assert.deepEqual(lost, [], `acknowledged and lost: ${kind}`);
  }
  assert.deepEqual(found.integrity, ["ok", "ok", "ok"]);
  assert.equal(found.balance, 1000, "a transaction was done by halves");
  assert.deepEqual(
    found.bulk.filter(([, rows]) => rows !== BULK_ROWS),
    [],
    "a large transaction was done by halves",
  );
}

describe("durability", () => {
  it(`loses no acknowledged write when workerd is killed ${ROUNDS} times`, { timeout: 600_000 }, async () => {
    const storage = await mkdtemp(join(tmpdir(), "durability-"));
    const options = { modules: await modules(), durableObjects: ["APP", "RedisServer"], tcp: true, storage };
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const worker = await startWorker(options);
        check(await findAll(worker));
        await writeAndKill(worker, FEWEST_WRITES + ((round * 37) % VARIATION));
      }
      const worker = await startWorker(options);
      check(await findAll(worker));
      await worker.stop();
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
    const counts = Object.entries(acknowledged).map(([kind, numbers]) => `${kind} ${numbers.length}`);
    console.log(`acknowledged writes: ${counts.join(", ")}`);
    // A large transaction may be cut short each time; that its rows are all there or none is what it is for.
    for (const [kind, numbers] of Object.entries(acknowledged))
      assert.ok(kind === "bulk" || numbers.length > 0, `${kind} wrote nothing`);
  });
});
