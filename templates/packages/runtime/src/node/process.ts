import { EventEmitter } from "node:events";
import { posix } from "node:path";
import realProcess from "node:process";
import { Readable, Writable } from "node:stream";
import type { AppConfig } from "../config";
import { codedError } from "../errors";
import type { Output } from "./output";

/** Unwinds the stack of an app that has called `process.exit`. Nobody else may catch it for good: the process is over. */
export class ExitSignal extends Error {
  override name = "ExitSignal";

  constructor(code: number) {
    super(`process.exit(${code})`);
  }
}

/** What the app's process needs of the instance it is the face of. */
export interface ProcessHost {
  config: AppConfig;
  /** The Worker's variables and secrets, bindings included. */
  env: Record<string, unknown>;
  output: Output;
  bootedAt: number;
  /** What a program that the app has started beside itself gets instead of the app's own. */
  program?: { argv: string[]; env: Record<string, string | undefined> } | undefined;
  nextTick(callback: (...values: unknown[]) => void, ...values: unknown[]): void;
  /** Ends the instance; the next request starts a new one. */
  exit(code: number): void;
  builtin(id: string): unknown;
}

/** The parts of `process` that the runtime itself uses. */
export interface AppProcess extends EventEmitter {
  env: Record<string, string | undefined>;
  argv: string[];
  exitCode: number | string | null | undefined;
  cwd(): string;
  exit(code?: number | string | null): never;
}

/** Numbers Linux gives to the signals that end a process by default. */
const FATAL_SIGNALS: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 };

/** What Node in an isolate of 128 MiB could plausibly say; the platform tells nobody. */
const MEMORY = { rss: 64 << 20, heapTotal: 48 << 20, heapUsed: 32 << 20, external: 2 << 20, arrayBuffers: 1 << 20 };

/** The app's `process`: workerd's where that works, a container's where it differs. */
export function createProcess(host: ProcessHost): AppProcess {
  const app = new EventEmitter().setMaxListeners(0) as AppProcess;
  // axios and others tell Node by Object.prototype.toString.
  Object.defineProperty(app, Symbol.toStringTag, { value: "process" });
  Object.assign(app, identity(host), streams(host.output), resources(host), lifecycle(app, host));
  app.env = environment(host);
  let directory = host.config.image.workdir;
  app.cwd = () => directory;
  Object.assign(app, { chdir: (to: string) => void (directory = posix.resolve(directory, to)) });
  inherit(app);
  return app;
}

/** Takes over the rest of what workerd's process has, methods bound to it. */
function inherit(app: AppProcess): void {
  for (
    let from: object | null = realProcess;
    from && from !== EventEmitter.prototype && from !== Object.prototype;
    from = Object.getPrototypeOf(from) as object | null
  ) {
    for (const key of Object.getOwnPropertyNames(from)) {
      if (key in app || key === "domain") continue;
      const { value, get } = Object.getOwnPropertyDescriptor(from, key) as PropertyDescriptor;
      if (get) Object.defineProperty(app, key, { get: get.bind(realProcess), configurable: true, enumerable: true });
      else
        Object.defineProperty(app, key, { value: bound(value), writable: true, configurable: true, enumerable: true });
    }
  }
}

function bound(value: unknown): unknown {
  if (typeof value !== "function") return value;
  // Methods carry methods of their own: hrtime.bigint, memoryUsage.rss.
  return Object.assign((value as (...values: unknown[]) => unknown).bind(realProcess), value);
}

function identity({ config, nextTick, builtin, program }: ProcessHost): object {
  const { argv, execArgv, entry } = config.image;
  const own = argv.length > 0 ? argv : ["/usr/local/bin/node", entry];
  return {
    argv: program ? [...own.slice(0, 1), ...program.argv] : [...own],
    argv0: "node",
    execArgv,
    execPath: "/usr/local/bin/node",
    title: "node",
    pid: 1,
    ppid: 0,
    arch: "x64",
    platform: "linux",
    connected: false,
    release: { name: "node", lts: "Jod" },
    nextTick,
    getBuiltinModule: (id: string) => {
      try {
        return builtin(id);
      } catch {
        return undefined;
      }
    },
    umask: () => 0o022,
    getuid: () => 0,
    geteuid: () => 0,
    getgid: () => 0,
    getegid: () => 0,
    getgroups: () => [0],
    setuid() {},
    setgid() {},
  };
}

function environment({ config, env, program }: ProcessHost): Record<string, string | undefined> {
  const variables: Record<string, string | undefined> = program?.env ?? {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    HOSTNAME: config.hostname,
    PWD: config.image.workdir,
  };
  if (!program) {
    for (const [name, value] of Object.entries(env)) if (typeof value === "string") variables[name] = value;
  }
  return new Proxy(variables, {
    // As in Node, every value is text.
    set: (target, name, value) => Reflect.set(target, name, String(value)),
    defineProperty: (target, name, descriptor) =>
      Reflect.defineProperty(
        target,
        name,
        "value" in descriptor ? { ...descriptor, value: String(descriptor.value) } : descriptor,
      ),
  });
}

function streams(output: Output): object {
  const stdin = Object.assign(new Readable({ read() {} }), { fd: 0, isTTY: false, setRawMode() {} });
  stdin.push(null);
  return { stdin, stdout: outputStream(output, 1), stderr: outputStream(output, 2) };
}

function outputStream(output: Output, fd: 1 | 2): Writable {
  const stream = new Writable({
    decodeStrings: false,
    autoDestroy: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      output.write(fd, chunk);
      done();
    },
  });
  // Node's never closes either.
  return Object.assign(stream, { fd, isTTY: false, _isStdio: true, getColorDepth: () => 1, hasColors: () => false });
}

function resources({ bootedAt }: ProcessHost): object {
  const uptime = () => (Date.now() - bootedAt) / 1000;
  return {
    uptime,
    memoryUsage: Object.assign(() => ({ ...MEMORY }), { rss: () => MEMORY.rss }),
    cpuUsage: () => ({ user: 0, system: 0 }),
    resourceUsage: () => ({ userCPUTime: 0, systemCPUTime: 0, maxRSS: MEMORY.rss / 1024, fsRead: 0, fsWrite: 0 }),
    constrainedMemory: () => 128 << 20,
    availableMemory: () => 64 << 20,
    getActiveResourcesInfo: () => [],
  };
}

function lifecycle(app: AppProcess, host: ProcessHost): object {
  const warned = new Set<string>();
  const exit = (code?: number | string | null): never => {
    const status = Number(code ?? app.exitCode ?? 0) || 0;
    app.exitCode = status;
    try {
      app.emit("exit", status);
    } finally {
      host.exit(status);
    }
    throw new ExitSignal(status);
  };
  return {
    exitCode: undefined,
    exit,
    reallyExit: exit,
    abort: () => exit(134),
    kill(pid: number, signal: string | number = "SIGTERM"): boolean {
      if (signal === 0 && pid === 1) return true;
      if (pid !== 1) throw Object.assign(codedError("ESRCH", "kill ESRCH"), { errno: -3, syscall: "kill" });
      const name =
        typeof signal === "number" ? Object.keys(FATAL_SIGNALS).find((key) => FATAL_SIGNALS[key] === signal) : signal;
      if (name && app.emit(name, name)) return true;
      const number = name === undefined ? undefined : FATAL_SIGNALS[name];
      if (number !== undefined) exit(128 + number);
      return true;
    },
    emitWarning(
      warning: string | Error,
      kind?: string | { type?: string; code?: string; detail?: string },
      code?: string,
    ): void {
      const options: { type?: string | undefined; code?: string | undefined; detail?: string } =
        typeof kind === "object" ? kind : { type: kind, code };
      const error =
        warning instanceof Error ? warning : Object.assign(new Error(warning), { name: options.type ?? "Warning" });
      const label = `(node:1) ${options.code ? `[${options.code}] ` : ""}${error.name}: ${error.message}`;
      if (error.name === "DeprecationWarning" && warned.has(label)) return;
      warned.add(label);
      host.nextTick(() => app.emit("warning", Object.assign(error, options.code ? { code: options.code } : {})));
      host.output.write(2, `${label}\n${options.detail ? `${options.detail}\n` : ""}`);
    },
    hasUncaughtExceptionCaptureCallback: () => false,
  };
}
