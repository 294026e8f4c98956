/** The two servers under comparison: a real RabbitMQ, and the Worker in workerd. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningWorker, startWorker } from "../../../../test/workerd.ts";
import { bundleWorker } from "../bundle.ts";
import { freePort } from "../free-port.ts";

export interface TestServer {
  port: number;
  stop(): Promise<void>;
}

/** Starts the Worker of `worker.ts`, or of another entry in this folder. Its data lives in `storage` when that is given. */
export async function startRabbitWorker(
  options: { entry?: string; vars?: Record<string, string>; storage?: string } = {},
): Promise<RunningWorker> {
  const content = await bundleWorker(join(import.meta.dirname, options.entry ?? "worker.ts"));
  // Durable Objects kept in memory have no SQLite.
  const storage = options.storage ?? (await mkdtemp(join(tmpdir(), "rabbitmq-worker-")));
  const worker = await startWorker({
    modules: [{ name: "worker.mjs", type: "esModule", content }],
    durableObjects: ["RabbitMQServer"],
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

/** Debian's own starter wants root; the script behind it does not. */
const SERVERS = [
  "/usr/lib/rabbitmq/bin/rabbitmq-server",
  "/usr/local/sbin/rabbitmq-server",
  "/opt/homebrew/sbin/rabbitmq-server",
];

/**
 * Starts rabbitmq-server (or what RABBITMQ_SERVER names) on free ports, with everything it keeps in a folder of its own. Its
 * name service, epmd, is started here too: left to itself it would outlive the test.
 */
export async function startRealRabbit(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "rabbitmq-"));
  const [port, epmdPort, nodePort] = [await freePort(), await freePort(), await freePort()];
  await writeFile(
    join(folder, "rabbitmq.conf"),
    `listeners.tcp.default = 127.0.0.1:${port}\nlog.console = false\nlog.file = false\n`,
  );
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `test${port}@localhost`,
    RABBITMQ_DIST_PORT: String(nodePort),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
    RABBITMQ_PID_FILE: join(folder, "pid"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none",
  };
  const binary = process.env.RABBITMQ_SERVER ?? SERVERS.find((path) => existsSync(path)) ?? "rabbitmq-server";
  const epmd = spawn("epmd", ["-port", String(epmdPort), "-address", "127.0.0.1"], { env, stdio: "ignore" });
  // In a process group of its own, because the server is a shell script that starts Erlang.
  const server = spawn(binary, [], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  const failed = new Promise<never>((_, reject) => {
    for (const [name, child] of Object.entries({ epmd, [binary]: server })) {
      child.once("error", (error) => reject(new Error(`${name}: ${error.message} (apt-get install rabbitmq-server)`)));
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code}\n${output}`)));
    }
  });
  failed.catch(() => {}); // reported by the race below
  const stop = async (): Promise<void> => {
    process.off("exit", killAll);
    await Promise.all([ended(server, () => killGroup(server)), ended(epmd, () => epmd.kill("SIGKILL"))]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const killAll = (): void => {
    killGroup(server);
    epmd.kill("SIGKILL");
  };
  // A test that is ended from outside takes its servers with it.
  process.once("exit", killAll);
  try {
    await Promise.race([failed, listens(port)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

async function ended(child: ChildProcess, kill: () => void): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  kill();
  await exit;
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
