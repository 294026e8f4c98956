/** The two servers under comparison: a real memcached, and the Worker in workerd. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningWorker, startWorker } from "../../../../test/workerd.ts";
import { bundleWorker } from "../bundle.ts";
import { freePort } from "../free-port.ts";

/** Starts the Worker of `worker.ts`, or of another entry in this folder. Its data lives in `storage` when that is given. */
export async function startMemcachedWorker(
  options: { entry?: string; vars?: Record<string, string>; storage?: string } = {},
): Promise<RunningWorker> {
  const content = await bundleWorker(join(import.meta.dirname, options.entry ?? "worker.ts"));
  // Durable Objects kept in memory have no SQLite.
  const storage = options.storage ?? (await mkdtemp(join(tmpdir(), "memcached-worker-")));
  const worker = await startWorker({
    modules: [{ name: "worker.mjs", type: "esModule", content }],
    durableObjects: ["MemcachedServer"],
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

/** Starts memcached (or what MEMCACHED names) on a free port. */
export async function startRealMemcached(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const binary = process.env.MEMCACHED ?? "memcached";
  const child = spawn(binary, ["-l", "127.0.0.1", "-p", String(port), "-U", "0", "-u", "nobody"], { stdio: "ignore" });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error(`${binary}: ${error.message} (apt-get install memcached)`)));
    child.once("exit", (code) => reject(new Error(`${binary} ended with ${code}`)));
  });
  failed.catch(() => {}); // reported by the race below
  await Promise.race([failed, answers(port)]);
  return {
    port,
    async stop() {
      process.off("exit", kill);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      kill();
      await ended;
    },
  };
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
