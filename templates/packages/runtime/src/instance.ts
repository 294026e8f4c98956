import { AsyncLocalStorage } from "node:async_hooks";
import { posix } from "node:path";
import type { AppConfig } from "./config";
import { describeError, codedError } from "./errors";
import { createFileSystem, type FileSystem, type NodeFileSystem } from "./fs";
import { createHttp } from "./http";
import { createWebSocketClass } from "./http/global-websocket";
import type { Image } from "./image";
import { Modules, type ModuleFactory } from "./modules";
import { createNet } from "./net";
import { ERROR_HEADER, Network, type Listener } from "./network";
import { createAsyncHooks } from "./node/async-hooks";
import { mendBuffer } from "./node/buffer";
import { createCrypto } from "./node/crypto";
import { createDns } from "./node/dns";
import { createOs } from "./node/os";
import { Output } from "./node/output";
import { createPath } from "./node/path";
import { createProcess, ExitSignal, type AppProcess } from "./node/process";
import { createReadline } from "./node/readline";
import { createRefused } from "./node/refused";
import { createPerfHooks } from "./node/perf-hooks";
import { createTimers, type AppTimers } from "./node/timers";
import { createUtil } from "./node/util";
import { createTls } from "./tls";
import { runProgram, type Program, type ProgramHost, type ProgramOptions } from "./program";
import { createCluster } from "./threads/cluster";
import { createFork } from "./threads/fork";
import { createWorkerThreads } from "./threads/worker-threads";
import type { ByteStream } from "./transport";
import { Response } from "./native";

/** What an instance runs on. */
export interface InstanceOptions {
  config: AppConfig;
  image: Image;
  /** Variables, secrets and bindings of the Worker. */
  env: Record<string, unknown>;
  /** The Durable Object's storage; undefined in a plain Worker. */
  sql: SqlStorage | undefined;
  /** workerd's own fetch, which the global no longer is while an app runs. */
  fetchOutside: typeof fetch;
  /** Called once when the process has ended, with its exit code. */
  onExit(code: number): void;
}

/** What a client is told when the process ends before it has answered. */
export const NO_ANSWER = "the app did not answer";

/** How long a request waits at most for the sockets opened at boot, whatever the configured time to start is. */
const MAX_QUIET_MS = 5_000;

/** How often to look whether an app in a plain Worker has done its work. */
const IDLE_POLL_MS = 20;

/** How long to look for the configured port when the app listens elsewhere. */
const OTHER_PORT_GRACE_MS = 1_000;

/**
 * One running copy of the app: what a container's process is.
 *
 * The app's code is a function that is evaluated for each instance, with Node's globals as its parameters, so that nothing of
 * an ended instance is found by the next one.
 */
export class Instance implements ProgramHost {
  readonly network: Network;
  readonly #options: InstanceOptions;
  readonly #output = new Output();
  readonly #process: AppProcess;
  readonly #modules: Modules;
  readonly #builtins: Record<string, ModuleFactory>;
  readonly #files: FileSystem;
  readonly #bootedAt = Date.now();
  readonly #asyncHooks = createAsyncHooks();
  readonly #timers: AppTimers;
  readonly #ticks: (() => void)[] = [];
  readonly #exitWatchers = new Set<() => void>();
  #depth = 0;
  #tickScheduled = false;
  #exitCode: number | undefined;
  #started = false;

  constructor(options: InstanceOptions) {
    this.#options = options;
    const { config, env } = options;
    this.network = new Network(config, env, options.fetchOutside);
    this.#process = createProcess({
      config,
      env,
      output: this.#output,
      bootedAt: this.#bootedAt,
      nextTick: (callback, ...values) => this.#nextTick(callback, values),
      exit: (code) => this.#exit(code),
      builtin: (id) => this.#modules.builtin(id),
    });
    const cwd = () => this.#process.cwd();
    this.#files = createFileSystem({
      manifest: options.image.manifest,
      filesDir: "/bundle/files",
      cwd,
      volumes: config.volumes,
      sql: options.sql,
      stdout: (fd, chunk) => this.#output.write(fd, chunk),
    });
    writeSecretFiles(this.#files, config, env);
    this.#timers = createTimers(this);
    this.#builtins = this.#createBuiltins();
    this.#modules = this.#createModules(this.#builtins);
  }

  #createModules(builtins: Record<string, ModuleFactory>, start?: string): Modules {
    const { fs } = this.#files;
    return new Modules({
      builtins,
      wasm: this.image.wasm ?? {},
      start,
      cwd: () => this.cwd(),
      readText: (path) => (fs.existsSync(path) ? fs.readFileSync(path, "utf8") : undefined),
    });
  }

  // ---- programs ----------------------------------------------------------------------------------------------------

  get image(): Image {
    return this.#options.image;
  }

  get fetch(): typeof fetch {
    return this.network.appFetch;
  }

  cwd(): string {
    return this.#process.cwd();
  }

  environment(): Record<string, string | undefined> {
    return { ...this.#process.env };
  }

  hasModule(path: string): boolean {
    return this.#modules.has(path);
  }

  createProgram({ host, start, argv, env, builtins, exit }: ProgramOptions): Program {
    const { config, env: bindings } = this.#options;
    const process = createProcess({
      config,
      env: bindings,
      output: this.#output,
      bootedAt: Date.now(),
      program: { argv: [start ?? config.image.entry, ...argv], env },
      nextTick: (callback, ...values) => this.#nextTick(() => host.guard(() => callback(...values)), []),
      exit,
      builtin: (id) => modules.builtin(id),
    });
    const timers = createTimers(host);
    const own = { process, timers: timers.module, "timers/promises": timers.promises, ...builtins };
    const factories = Object.fromEntries(Object.entries(own).map(([name, module]) => [name, () => module]));
    const modules: Modules = this.#createModules({ ...this.#builtins, ...factories }, start);
    return { modules, process, timers, fetch: this.fetch };
  }

  #program(): Program {
    return { modules: this.#modules, process: this.#process, timers: this.#timers, fetch: this.fetch };
  }

  /** Evaluates the app. Errors are the process's: they end it. */
  boot(): void {
    const { image } = this.#options;
    Object.assign(globalThis, { process: this.#process, WebSocket: createWebSocketClass(this.network) });
    image.codeGeneration?.install();
    this.guard(() => runProgram(image, this.#program()));
  }

  /** Whether the process has ended. */
  get exited(): boolean {
    return this.#exitCode !== undefined;
  }

  // ---- what comes in -----------------------------------------------------------------------------------------------

  /** Answers a request that came to `port`; null stands for the app's configured port. */
  async handle(request: Request, port: number | null): Promise<Response> {
    const server = await this.#server(port);
    if (this.exited) return plainAnswer(502, NO_ANSWER);
    if (!server) return refusal(port ?? this.#options.config.port);
    if (!("_serve" in server)) return plainAnswer(502, "this port does not speak HTTP");
    return new Promise((resolve) => {
      const withoutAnswer = () => resolve(plainAnswer(502, NO_ANSWER));
      this.#exitWatchers.add(withoutAnswer);
      void server._serve(request).then((response) => {
        this.#exitWatchers.delete(withoutAnswer);
        resolve(response);
      });
    });
  }

  /** Takes a connection that came to `port`. Rejects with ECONNREFUSED. */
  async accept(stream: ByteStream, port: number): Promise<void> {
    await this.#server(port);
    await this.network.accept(stream, port);
  }

  /** The server on a port, once the app has started; undefined when nobody listens there. */
  async #server(port: number | null): Promise<Listener | undefined> {
    const { config } = this.#options;
    const wanted = port ?? config.port ?? undefined;
    const isMain = port === null || port === config.port;
    if (!this.#started) await this.#start();
    if (wanted !== undefined && this.network.listener(wanted)) return this.network.listener(wanted);
    if (port === 80 && config.port !== null) return this.network.listener(config.port) ?? this.#onlyServer();
    return isMain ? this.#onlyServer() : undefined;
  }

  /** The app's server where it has exactly one: it may have chosen another port than the configuration says. */
  #onlyServer(): Listener | undefined {
    const [only, ...others] = this.network.ports();
    return only !== undefined && others.length === 0 ? this.network.listener(only) : undefined;
  }

  /**
   * The start-up gate: waits for a listening server, then for the sockets opened at boot. Every early request waits for itself:
   * in a plain Worker a promise that one request made may never settle for another.
   */
  async #start(): Promise<void> {
    const { config } = this.#options;
    const { timeoutMs, quietMs } = config.startup;
    if (config.port !== null) await this.#listening(config.port, timeoutMs);
    if (!this.exited) await this.network.quiet(quietMs, Math.min(timeoutMs, MAX_QUIET_MS));
    this.#started = true;
  }

  /** Resolves once the app listens on `port`, has ended, or had its time. Another port counts after a short grace. */
  async #listening(port: number, timeoutMs: number): Promise<void> {
    const done = Promise.withResolvers<void>();
    let grace: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      if (this.exited || this.network.listener(port)) done.resolve();
      else if (this.network.ports().length > 0)
        grace ??= setTimeout(() => this.#settleElsewhere(port, done), OTHER_PORT_GRACE_MS);
    };
    const timer = setTimeout(() => {
      console.error(`the app did not listen on port ${port} within ${timeoutMs} ms`);
      done.resolve();
    }, timeoutMs);
    const stopWatching = this.network.onBind(look);
    this.#exitWatchers.add(look);
    look();
    await done.promise;
    stopWatching();
    this.#exitWatchers.delete(look);
    clearTimeout(timer);
    clearTimeout(grace);
  }

  #settleElsewhere(port: number, done: PromiseWithResolvers<void>): void {
    console.warn(`the app listens on ${this.network.ports().join(", ")}, not on the configured port ${port}`);
    done.resolve();
  }

  /** Resolves when nothing of the app is under way: no answer, no connection being made, no timer that runs once. */
  async idle(limitMs: number): Promise<void> {
    let waited = 0;
    // The first look comes after a moment: what an answer leaves to be done may still begin.
    do {
      await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS));
      waited += IDLE_POLL_MS;
    } while (waited < limitMs && (this.network.isBusy() || this.#timers.pending() > 0));
  }

  // ---- calls into the app ------------------------------------------------------------------------------------------

  guard<Result>(work: () => Result): Result | undefined {
    if (this.exited) return undefined;
    const isTurn = this.#depth === 0;
    this.#depth += 1;
    try {
      return isTurn ? this.#asyncHooks.turn(work) : work();
    } catch (error) {
      this.uncaught(error, "uncaughtException");
      return undefined;
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#runTicks();
    }
  }

  /**
   * Node runs these before promise callbacks; workerd's own come after them. Inside a guarded call the order is Node's, as they
   * run when the call returns. In a promise callback there is no such moment, and they queue up behind the promises.
   */
  #nextTick(callback: (...values: unknown[]) => void, values: unknown[]): void {
    if (typeof callback !== "function") {
      throw codedError("ERR_INVALID_ARG_TYPE", 'The "callback" argument must be of type function.', TypeError);
    }
    const inContext = AsyncLocalStorage.snapshot();
    this.#ticks.push(() => inContext(() => callback(...values)));
    if (this.#depth > 0 || this.#tickScheduled) return;
    this.#tickScheduled = true;
    queueMicrotask(() => {
      this.#tickScheduled = false;
      this.#runTicks();
    });
  }

  #runTicks(): void {
    for (let tick = this.#ticks.shift(); tick; tick = this.#ticks.shift()) {
      if (this.exited) return;
      this.#depth += 1;
      try {
        tick();
      } catch (error) {
        this.uncaught(error, "uncaughtException");
      } finally {
        this.#depth -= 1;
      }
    }
  }

  // ---- errors and the end ------------------------------------------------------------------------------------------

  /** An error nobody has caught: the app's handlers decide, and without any the process ends with status 1. */
  uncaught(error: unknown, origin: "uncaughtException" | "unhandledRejection"): void {
    if (error instanceof ExitSignal || this.exited) return;
    try {
      this.#process.emit("uncaughtExceptionMonitor", error, origin);
      if (this.#process.emit("uncaughtException", error, origin)) return;
    } catch (thrown) {
      if (thrown instanceof ExitSignal) return;
      error = thrown;
    }
    this.#output.flush();
    console.error(`Uncaught ${describeError(error)}`);
    this.#end(1);
  }

  /** A promise of the app was rejected and nobody looked at it. */
  unhandled(reason: unknown, promise: unknown): void {
    if (reason instanceof ExitSignal || this.exited) return;
    try {
      if (this.#process.emit("unhandledRejection", reason, promise)) return;
    } catch (thrown) {
      return this.uncaught(thrown, "uncaughtException");
    }
    this.uncaught(reason, "unhandledRejection");
  }

  /** Ends the process as if it had called process.exit. */
  #end(code: number): void {
    try {
      this.#process.exit(code);
    } catch {
      // the signal that unwinds the app; there is no app on the stack
    }
  }

  #exit(code: number): void {
    if (this.exited) return;
    this.#exitCode = code;
    this.#output.flush();
    console.log(`the app exited with status ${code}`);
    for (const watcher of [...this.#exitWatchers]) watcher();
    this.#options.onExit(code);
  }

  #createBuiltins(): Record<string, ModuleFactory> {
    mendBuffer();
    const files = this.#files;
    const { config } = this.#options;
    const { http, https, http2 } = createHttp(this);
    const { dns, promises: dnsPromises } = createDns(this);
    const { readline, promises: readlinePromises } = createReadline();
    const path = createPath(() => this.#process.cwd());
    const { child_process, ...refused } = createRefused();
    const modules: Record<string, unknown> = {
      ...refused,
      async_hooks: this.#asyncHooks.module,
      child_process: { ...child_process, fork: createFork(this) },
      cluster: createCluster(this),
      worker_threads: createWorkerThreads(this),
      http,
      https,
      http2,
      crypto: createCrypto(),
      net: createNet(this),
      tls: createTls(this),
      dns,
      "dns/promises": dnsPromises,
      fs: files.fs,
      "fs/promises": files.promises,
      os: createOs(config, this.#bootedAt),
      path,
      "path/posix": path,
      perf_hooks: createPerfHooks(),
      process: this.#process,
      readline,
      "readline/promises": readlinePromises,
      timers: this.#timers.module,
      "timers/promises": this.#timers.promises,
      util: createUtil(
        () => this.#process.env,
        () => this.#process.argv.slice(2),
      ),
    };
    if (this.image.codeGeneration) modules["vm"] = this.image.codeGeneration.createVm();
    const made = Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, () => module]));
    return { ...made, ...this.#sqlite(files) };
  }

  /** The module node:sqlite, and what stands for the compiled parts of the packages that bring SQLite. */
  #sqlite(files: FileSystem): Record<string, ModuleFactory> {
    const bindings = this.#options.image.sqlite?.({
      files: files.databases,
      nextTurn: (callback) => void setImmediate(callback),
      guard: (callback) => void this.guard(callback),
      wait: (callback, ms) => void setTimeout(() => this.guard(callback), ms),
    });
    if (!bindings) return {};
    return { sqlite: bindings["node:sqlite"], "dock2edge:sqlite": () => bindings };
  }
}

/** Compose's secrets are files to the app and secrets to the Worker. */
function writeSecretFiles(files: NodeFileSystem, config: AppConfig, env: Record<string, unknown>): void {
  for (const { path, variable } of config.secretFiles) {
    const value = env[variable];
    if (typeof value !== "string") {
      console.error(`the secret ${variable} is not set: ${path} is missing`);
      continue;
    }
    files.fs.mkdirSync(posix.dirname(path), { recursive: true });
    files.fs.writeFileSync(path, value);
  }
}

function refusal(port: number | null): Response {
  const response = plainAnswer(502, `nothing listens on port ${port}`);
  response.headers.set(ERROR_HEADER, "ECONNREFUSED");
  return response;
}

/** An answer of the runtime's own. It says what is wrong with the service, never why: errors go to the log. */
export function plainAnswer(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
