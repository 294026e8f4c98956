/** The Worker in workerd, as the tests reach it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningWorker, startWorker } from "../../../../test/workerd.ts";
import { bundleWorker } from "../bundle.ts";

/** Starts the Worker of `worker.ts`, or of another entry in this folder. Its data lives in `storage` when that is given. */
export async function startMongoDBWorker(
  options: { entry?: string; vars?: Record<string, string>; storage?: string } = {},
): Promise<RunningWorker> {
  const content = await bundleWorker(join(import.meta.dirname, options.entry ?? "worker.ts"));
  // Durable Objects kept in memory have no SQLite.
  const storage = options.storage ?? (await mkdtemp(join(tmpdir(), "mongodb-worker-")));
  const worker = await startWorker({
    modules: [{ name: "worker.mjs", type: "esModule", content }],
    durableObjects: ["MongoDBServer"],
    tcp: true,
    vars: options.vars ?? {},
    storage,
  });
  return {
    ...worker,
    async stop() {
      await worker.stop();
      if (!options.storage) await rm(storage, { recursive: true, force: true });
    },
  };
}
