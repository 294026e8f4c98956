import assert from "node:assert/strict";
import { build } from "esbuild";
import fs from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { after, before, describe, it } from "node:test";
import { type RunningWorker, startWorker } from "../../../../test/workerd.ts";
import { type Outcome, runOperations } from "./operations.ts";

type Step = [method: string, ...args: unknown[]];

const imageFiles: Record<string, string> = {
  "files/app/public/a b.txt.bin": "0123456789",
  "files/app/seed/first.txt.bin": "first",
  "files/app/server.js.bin": "require('http') // js",
};

describe("file system", () => {
  let script: string;
  let storage: string;
  let worker: RunningWorker;

  const start = (): Promise<RunningWorker> =>
    startWorker({
      modules: [
        { name: "worker.mjs", type: "esModule", content: script },
        ...Object.entries(imageFiles).map(([name, content]) => ({
          name,
          type: "data" as const,
          content,
        })),
      ],
      durableObjects: ["Files"],
      storage,
    });

  async function run(...steps: Step[]): Promise<{ results: unknown[]; written: [number, string][] }> {
    const response = await worker.fetch("/run", {
      method: "POST",
      body: JSON.stringify(steps),
    });
    assert.equal(response.status, 200, worker.output());
    return (await response.json()) as {
      results: unknown[];
      written: [number, string][];
    };
  }

  before(async () => {
    const bundle = await build({
      entryPoints: [join(import.meta.dirname, "worker.ts")],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "es2023",
      external: ["cloudflare:*", "node:*"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire("/");',
      },
    });
    script = bundle.outputFiles[0]!.text;
    storage = await mkdtemp(join(tmpdir(), "fs-test-"));
    worker = await start();
  });

  after(async () => {
    await worker.stop();
    await rm(storage, { recursive: true });
  });

  for (const root of ["/tmp/ops", "/data/ops"]) {
    describe(`does under ${root} what Node does`, () => {
      let expected: Map<string, unknown>;
      let actual: Outcome[];

      before(async () => {
        const own = await mkdtemp(join(tmpdir(), "fs-node-"));
        expected = new Map(await runOperations({ fs, promises: fs.promises, root: own }));
        await rm(own, { recursive: true });
        const response = await worker.fetch(`/operations${root}`);
        assert.equal(response.status, 200, worker.output());
        actual = (await response.json()) as Outcome[];
      });

      it("for every operation", () => {
        assert.ok(actual.length > 100);
        const different = actual.filter(([name, value]) => !isDeepStrictEqual(value, expected.get(name)));
        assert.deepEqual(
          different,
          different.map(([name]) => [name, expected.get(name)]),
        );
      });
    });
  }

  it("shows the image's files with their sizes and times", async () => {
    const { results } = await run(
      ["readdirSync", "/app"],
      ["readFileSync", "public/a b.txt", "utf8"],
      ["statSync", "/app/server.js"],
      ["readFileSync", "/app/server.js", "utf8"],
      ["existsSync", "/app/empty"],
    );
    assert.deepEqual(results[0], ["empty", "public", "seed", "server.js"]);
    assert.equal(results[1], "0123456789");
    const stats = results[2] as { mtimeMs: number; size: number; mode: number };
    assert.deepEqual([stats.mtimeMs, stats.size, stats.mode], [1_600_000_000_123, 20, 0o100755]);
    assert.equal(results[3], "require('http') // js".slice(0, 20));
    assert.equal(results[4], true);
  });

  it("lets the app change the image's files, for as long as the instance lives", async () => {
    const { results } = await run(
      ["appendFileSync", "/app/public/a b.txt", "!"],
      ["readFileSync", "/app/public/a b.txt", "utf8"],
      ["truncateSync", "/app/public/a b.txt", 3],
      ["readFileSync", "/app/public/a b.txt", "utf8"],
      ["rmSync", "/app/server.js"],
      ["existsSync", "/app/server.js"],
    );
    assert.deepEqual(results, [null, "0123456789!", null, "012", null, false]);
  });

  it("sends descriptors 1 and 2 to the log", async () => {
    const { results, written } = await run(
      ["writeSync", 1, "out\n"],
      ["writeFileSync", "/dev/stderr", "err\n"],
      ["writeFileSync", "/dev/null", "lost"],
      ["readFileSync", "/dev/null", "utf8"],
    );
    assert.deepEqual(results, [4, null, null, ""]);
    assert.deepEqual(written, [
      [1, "out\n"],
      [2, "err\n"],
    ]);
  });

  it("keeps mounts apart", async () => {
    const { results } = await run(
      ["writeFileSync", "/cache/x", "1"],
      ["renameSync", "/cache/x", "/data/x"],
      ["linkSync", "/cache/x", "/data/x"],
      ["copyFileSync", "/cache/x", "/data/x"],
      ["readFileSync", "/data/x", "utf8"],
      ["rmdirSync", "/cache"],
    );
    assert.deepEqual(results, [null, { code: "EXDEV" }, { code: "EXDEV" }, null, "1", { code: "EBUSY" }]);
  });

  it("finds volumes again after a crash, and nothing else", async () => {
    await run(
      ["writeFileSync", "/data/kept.txt", "one"],
      ["appendFileSync", "/data/kept.txt", " two"],
      ["mkdirSync", "/data/a/b", { recursive: true }],
      ["writeFileSync", "/data/a/b/deep.txt", "deep", { mode: 0o600 }],
      ["utimesSync", "/data/a/b/deep.txt", 1, 2],
      ["renameSync", "/data/a", "/data/moved"],
      ["symlinkSync", "kept.txt", "/data/link"],
      ["linkSync", "/data/kept.txt", "/data/hard"],
      ["writeFileSync", "/data/gone.txt", "x"],
      ["unlinkSync", "/data/gone.txt"],
      ["writeFileSync", "/app/seed/second.txt", "second"],
      ["writeFileSync", "/tmp/lost", "x"],
    );
    await worker.stop();
    worker = await start();
    const { results } = await run(
      ["readFileSync", "/data/kept.txt", "utf8"],
      ["readFileSync", "/data/moved/b/deep.txt", "utf8"],
      ["statSync", "/data/moved/b/deep.txt"],
      ["readFileSync", "/data/link", "utf8"],
      ["statSync", "/data/hard"],
      ["existsSync", "/data/gone.txt"],
      ["readdirSync", "/app/seed"],
      ["readFileSync", "/app/seed/first.txt", "utf8"],
      ["existsSync", "/tmp/lost"],
      ["readFileSync", "/app/public/a b.txt", "utf8"],
      ["statSync", "/data/ops/large"],
    );
    const stats = results[2] as { mtimeMs: number; mode: number };
    assert.equal(results[0], "one two");
    assert.equal(results[1], "deep");
    assert.deepEqual([stats.mtimeMs, stats.mode], [2000, 0o100600]);
    assert.equal(results[3], "one two");
    assert.equal((results[4] as { nlink: number }).nlink, 2);
    assert.equal(results[5], false);
    assert.deepEqual(results[6], ["first.txt", "second.txt"]);
    assert.equal(results[7], "first");
    assert.equal(results[8], false);
    assert.equal(results[9], "0123456789");
    assert.equal((results[10] as { size: number }).size, 200_000);
  });

  it("removes a deleted tree from storage", async () => {
    await run(
      ["mkdirSync", "/data/t/u", { recursive: true }],
      ["writeFileSync", "/data/t/u/f", "x"],
      ["rmSync", "/data/t", { recursive: true }],
    );
    await worker.stop();
    worker = await start();
    const { results } = await run(["existsSync", "/data/t"], ["mkdirSync", "/data/t"], ["readdirSync", "/data/t"]);
    assert.deepEqual(results, [false, null, []]);
  });
});
