/**
 * Runs small apps twice: on Node, and lifted in workerd. The lifted ones share one workerd, each as a Worker of its own.
 *
 * The apps are packed by a minimal esbuild call here; what the packer of @dock2edge/build adds (files, registered modules,
 * overrides) is tested there.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire, builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { TestHyperdrive } from "../../../../test/workerd.ts";
import type { AppConfig } from "../../src/config.ts";
import { bundleWorker } from "../bundle.ts";
import { freePort } from "../free-port.ts";

const HERE = import.meta.dirname;

// An interrupted test run must not leave its servers behind.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const require = createRequire(import.meta.url);

/** One Worker of the workerd under test. */
export interface LiftedApp {
  name: string;
  /** File under apps/. */
  file: string;
  config: Partial<AppConfig>;
  /** Variables of the app. */
  env?: Record<string, string>;
  /** Names of other lifted apps, bound to their Internal entrypoint in upper case. */
  services?: string[];
  /** Binds the Redis server as REDIS; all apps share one. */
  redis?: boolean;
  hyperdrives?: Record<string, TestHyperdrive>;
}

/** Apps that answer on loopback ports. */
export interface Running {
  /** http://127.0.0.1:port, by app. */
  urls: Map<string, string>;
  /** workerd's process. */
  pid: number;
  /** What has been logged so far. */
  log(): string;
  /** Runs an app's cron trigger. */
  schedule(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** A Worker that runs the cron triggers of the others. */
const SCHEDULER = "scheduler";
const SCHEDULER_MODULE = `export default {
  async fetch(request, env) {
    await env[new URL(request.url).pathname.slice(1)].scheduled({ scheduledTime: new Date(), cron: "* * * * *" });
    return new Response("done");
  },
};`;

const PACKED_GLOBALS =
  "require,module,exports,process,global,fetch,navigator,setTimeout,setInterval,setImmediate,clearTimeout,clearInterval,clearImmediate,console,Function";

/** Built-in modules stay outside; depd, which makes functions from strings in every version, has a twin for browsers. */
const SEEN = Symbol("resolved once already");
const nodeModules: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad, resolve }) {
    onLoad({ filter: /\/node_modules\/depd\/index\.js$/ }, async ({ path }) => ({
      contents: await readFile(path.replace("index.js", "lib/browser/index.js"), "utf8"),
    }));
    const names = new Set(builtinModules);
    onResolve({ filter: /.*/ }, async ({ path, pluginData, ...where }) => {
      const bare = path.replace(/^node:/, "");
      if (names.has(bare)) return { path: bare, external: true };
      if (pluginData === SEEN || where.kind === "entry-point") return undefined;
      const resolved = await resolve(path, { ...where, pluginData: SEEN });
      // As on Node, what is not installed fails when it is required.
      return resolved.errors.length > 0 ? { path, external: true } : resolved;
    });
  },
};

async function packApp(file: string): Promise<string> {
  const packed = await build({
    entryPoints: [join(HERE, "apps", file)],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "es2023",
    mainFields: ["main", "module"],
    conditions: ["node", "require"],
    supported: { "dynamic-import": false },
    plugins: [nodeModules],
    logLevel: "error",
    banner: { js: `module.exports = function (${PACKED_GLOBALS}) {` },
    footer: { js: "};" },
  });
  return packed.outputFiles[0]?.text ?? "";
}

async function packWorker({ name, file, config }: LiftedApp): Promise<string> {
  const full: AppConfig = {
    name,
    host: "durable-object",
    hostname: name,
    image: { workdir: "/app", entry: `/app/${file}`, argv: [], execArgv: [], user: "" },
    port: 3000,
    peers: {},
    volumes: [],
    secretFiles: [],
    startup: { timeoutMs: 10_000, quietMs: 30 },
    codeGeneration: false,
    transport: "connect",
    ...config,
  };
  const shim = full.codeGeneration
    ? `import { codeGeneration } from "../../src/code-generation";`
    : "const codeGeneration = undefined;";
  const entry = `
    import { createApp } from "../../src";
    import factory from "./app.cjs";
    ${shim}
    const app = createApp(${JSON.stringify(full)}, { factory, manifest: [], codeGeneration });
    export const App = app.DurableObject;
    export const Internal = app.Internal;
    export default app.worker;`;
  const bundle = await build({
    stdin: { contents: entry, resolveDir: HERE, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2023",
    external: ["cloudflare:*", "node:*", "./app.cjs"],
    logLevel: "error",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
  });
  return bundle.outputFiles[0]?.text ?? "";
}

/** Starts all apps in one workerd. `trusted`: a certificate that servers outside may show. */
export async function startLifted(apps: readonly LiftedApp[], options: { trusted?: string } = {}): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), "lift-"));
  const storage = join(folder, "storage");
  await mkdir(storage);
  const services: string[] = [];
  const sockets: string[] = [];
  for (const app of apps) {
    await writeFile(join(folder, `${app.name}.mjs`), await packWorker(app));
    await writeFile(join(folder, `${app.name}.cjs`), await packApp(app.file));
    services.push(serviceText(app), ...databaseServices(app));
    sockets.push(`(name = "${app.name}", address = "127.0.0.1:0", http = (), service = "${app.name}")`);
  }
  if (apps.some(({ redis }) => redis)) {
    await writeFile(join(folder, "redis.mjs"), await bundleWorker(join(HERE, "redis-worker.ts")));
    services.push(REDIS_SERVICE);
  }
  await writeFile(join(folder, "scheduler.mjs"), SCHEDULER_MODULE);
  const woken = apps.map(({ name }) => `(name = "${name}", service = "${name}")`).join(", ");
  services.push(`(name = "${SCHEDULER}", worker = (
      compatibilityDate = "2026-11-01",
      modules = [(name = "worker.mjs", esModule = embed "scheduler.mjs")],
      bindings = [${woken}],
    ))`);
  sockets.push(`(name = "${SCHEDULER}", address = "127.0.0.1:0", http = (), service = "${SCHEDULER}")`);
  const trust =
    options.trusted === undefined
      ? "trustBrowserCas = true"
      : `trustedCertificates = [${JSON.stringify(options.trusted)}]`;
  const config = join(folder, "config.capnp");
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
    (name = "storage", disk = (path = "${storage}", writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (${trust}))),
  ],
  sockets = [${sockets.join(", ")}],
);`,
  );
  const binary = require("workerd") as { default: string };
  const child = spawn(binary.default, ["serve", config, "--experimental", "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const log = collect(child);
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const urls = await listening(child, apps.length + 1, log);
    const schedule = async (name: string) => {
      const response = await fetch(`${urls.get(SCHEDULER)}/${name}`);
      if (!response.ok) throw new Error(`${name} was not woken:\n${log()}`);
    };
    return { urls, pid: child.pid as number, log, schedule, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const REDIS_SERVICE = `(name = "redis", worker = (
      compatibilityDate = "2026-11-01",
      modules = [(name = "worker.mjs", esModule = embed "redis.mjs")],
      durableObjectNamespaces = [(className = "RedisServer", uniqueKey = "redis", enableSql = true)],
      durableObjectStorage = (localDisk = "storage"),
    ))`;

/** What stands for the databases that Hyperdrive dials. */
function databaseServices({ name, hyperdrives = {} }: LiftedApp): string[] {
  return Object.entries(hyperdrives).map(
    ([binding, { address }]) => `(name = "${name}-${binding}", external = (address = "${address}", tcp = ()))`,
  );
}

function serviceText({ name, config, env = {}, services = [], redis, hyperdrives = {} }: LiftedApp): string {
  const isObject = config.host !== "worker";
  const bindings = [
    ...Object.entries(env).map(([key, value]) => `(name = "${key}", text = ${JSON.stringify(value)})`),
    ...services.map(
      (other) => `(name = "${other.toUpperCase()}", service = (name = "${other}", entrypoint = "Internal"))`,
    ),
    ...(isObject ? ['(name = "APP", durableObjectNamespace = "App")'] : []),
    ...(redis ? ['(name = "REDIS", durableObjectNamespace = (className = "RedisServer", serviceName = "redis"))'] : []),
    ...Object.entries(hyperdrives).map(
      ([binding, { scheme, user, password, database }]) =>
        `(name = "${binding}", hyperdrive = (designator = "${name}-${binding}", scheme = "${scheme}", ` +
        `user = "${user}", password = "${password}", database = "${database}"))`,
    ),
  ];
  return `(name = "${name}", worker = (
      compatibilityDate = "2026-11-01",
      modules = [(name = "worker.mjs", esModule = embed "${name}.mjs"), (name = "app.cjs", commonJsModule = embed "${name}.cjs")],
      ${isObject ? `durableObjectNamespaces = [(className = "App", uniqueKey = "${name}", enableSql = true)], durableObjectStorage = (localDisk = "storage"),` : ""}
      bindings = [${bindings.join(", ")}],
    ))`;
}

function collect(child: ChildProcess): () => string {
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

function listening(child: ChildProcess, count: number, log: () => string): Promise<Map<string, string>> {
  return new Promise((resolve, reject) => {
    const urls = new Map<string, string>();
    let text = "";
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      const lines = (text + chunk.toString()).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const message = JSON.parse(line) as { event: string; socket: string; port: number };
        if (message.event === "listen") urls.set(message.socket, `http://127.0.0.1:${message.port}`);
      }
      if (urls.size === count) resolve(urls);
    });
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code} before it listened:\n${log()}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** Starts an app on Node; it gets its port in PORT. */
export async function startOriginal(
  file: string,
  env: Record<string, string> = {},
): Promise<{ url: string; log(): string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(HERE, "apps", file)], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = collect(child);
  const url = `http://127.0.0.1:${port}`;
  // A minute: on a busy machine it takes Node.js seconds to load large packages.
  const deadline = Date.now() + 60_000;
  while (child.exitCode === null && Date.now() < deadline) {
    const answered = await fetch(url).then(
      (response) => response.body?.cancel().then(() => true),
      () => false,
    );
    if (answered) return { url, log, stop: () => end(child) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await end(child);
  throw new Error(`${file} did not start on Node:\n${log()}`);
}
