/**
 * Starts workerd with a set of modules, for tests that have to see the real runtime.
 *
 * The binary is driven directly, without wrangler: a test starts in a fraction of a second and sees exactly the modules it
 * names. What wrangler adds (finding modules, configuration) is checked by the whole-project tests.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** One module of a Worker. The name is the path other modules import it by; Data modules are files under /bundle. */
export interface WorkerModule {
  name: string;
  type: "esModule" | "commonJsModule" | "data" | "wasm" | "text";
  content: string | Uint8Array;
}

export interface WorkerOptions {
  /** The first module is the entry. */
  modules: WorkerModule[];
  /** Exported class names that become Durable Object namespaces with SQLite, bound under the same name. */
  durableObjects?: string[];
  /** String bindings. */
  vars?: Record<string, string>;
  compatibilityDate?: string;
  /** Also listens for TCP: connections arrive at the default export's connect() handler. */
  tcp?: boolean;
  /** Hyperdrive bindings, by name. */
  hyperdrives?: Record<string, TestHyperdrive>;
  /** A folder that keeps the objects' storage over restarts. Without it, storage lives as long as the process. */
  storage?: string;
}

/** A Hyperdrive binding that dials a database on this machine. */
export interface TestHyperdrive {
  /** "host:port" */
  address: string;
  scheme: "postgresql" | "mysql";
  user: string;
  password: string;
  database: string;
}

/** A running workerd. */
export interface RunningWorker {
  /** The port that takes TCP; 0 without the option `tcp`. */
  tcpPort: number;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What workerd and the Worker wrote to stdout and stderr so far. */
  output(): string;
  stop(): Promise<void>;
}

const quote = (text: string): string => JSON.stringify(text);

function configText(options: WorkerOptions, files: string[]): string {
  const modules = options.modules
    .map((module, i) => `(name = ${quote(module.name)}, ${module.type} = embed ${quote(files[i]!)})`)
    .join(",\n    ");
  const classes = options.durableObjects ?? [];
  const namespaces = classes
    .map((name) => `(className = ${quote(name)}, uniqueKey = ${quote(name)}, enableSql = true)`)
    .join(", ");
  const hyperdrives = Object.entries(options.hyperdrives ?? {});
  const databases = hyperdrives
    .map(
      ([name, { address }]) => `(name = ${quote(`db-${name}`)}, external = (address = ${quote(address)}, tcp = ())),`,
    )
    .join("\n    ");
  const bindings = [
    ...classes.map((name) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(name)})`),
    ...Object.entries(options.vars ?? {}).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
    ...hyperdrives.map(
      ([name, { scheme, user, password, database }]) =>
        `(name = ${quote(name)}, hyperdrive = (designator = ${quote(`db-${name}`)}, scheme = ${quote(scheme)}, ` +
        `user = ${quote(user)}, password = ${quote(password)}, database = ${quote(database)}))`,
    ),
  ].join(", ");
  const storage = options.storage ? `(localDisk = "storage")` : "(inMemory = void)";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = ${quote(options.compatibilityDate ?? "2026-11-01")},
      modules = [
    ${modules}
      ],
      durableObjectNamespaces = [${namespaces}],
      durableObjectStorage = ${storage},
      bindings = [${bindings}],
    )),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    ${databases}
    ${options.storage ? `(name = "storage", disk = (path = ${quote(options.storage)}, writable = true)),` : ""}
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
    ${options.tcp ? `(name = "tcp", address = "127.0.0.1:0", tcp = (), service = "main"),` : ""}
  ],
);
`;
}

/** Waits until every socket listens; their ports by name. */
async function readPorts(child: ChildProcess, names: string[], output: () => string): Promise<Map<string, number>> {
  const control = child.stdio[3];
  if (!control || !("on" in control)) throw new Error("no control channel");
  return new Promise((resolve, reject) => {
    const ports = new Map<string, number>();
    let text = "";
    control.on("data", (chunk: Buffer) => {
      const lines = (text + chunk.toString()).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines.filter((line) => line.includes('"listen"'))) {
        const { socket, port } = JSON.parse(line) as { socket: string; port: number };
        ports.set(socket, port);
      }
      if (names.every((name) => ports.has(name))) resolve(ports);
    });
    child.on("exit", (code) => reject(new Error(`workerd ended with ${code} before it listened:\n${output()}`)));
  });
}

/** Starts a Worker on a free port of the loopback interface. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const folder = await mkdtemp(join(tmpdir(), "workerd-"));
  const files: string[] = [];
  for (const [i, module] of options.modules.entries()) {
    files.push(`m${i}`);
    await mkdir(dirname(join(folder, files[i]!)), { recursive: true });
    await writeFile(join(folder, files[i]!), module.content);
  }
  const config = join(folder, "config.capnp");
  await writeFile(config, configText(options, files));
  const binary = createRequire(import.meta.url)("workerd") as { default: string } | string;
  const path = typeof binary === "string" ? binary : binary.default;
  const child = spawn(path, ["serve", config, "--experimental", "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  // A test that is ended from outside takes its Worker with it.
  const endWithTest = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithTest);
  let log = "";
  child.stdout?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const stop = async (): Promise<void> => {
    process.off("exit", endWithTest);
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await readPorts(child, options.tcp ? ["http", "tcp"] : ["http"], () => log);
    const port = ports.get("http");
    return {
      tcpPort: ports.get("tcp") ?? 0,
      fetch: (url, init) => fetch(`http://127.0.0.1:${port}${url}`, init),
      output: () => log,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
