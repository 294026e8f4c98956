import { EventEmitter } from "node:events";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { codedError } from "../errors";
import type { Host } from "../host";
import type { ProgramHost } from "../program";
import { webClasses } from "../web-classes";
import { AppMessagePort, cloneMessage } from "./ports";
import { copyOfError, Thread } from "./thread";

interface WorkerOptions {
  argv?: unknown[];
  env?: Record<string, string | undefined> | symbol;
  eval?: boolean;
  name?: string;
  stdout?: boolean;
  stderr?: boolean;
  workerData?: unknown;
  transferList?: unknown[];
  resourceLimits?: Record<string, number>;
}

/** What `node:worker_threads` says about the program that asks. */
interface Self {
  isMainThread: boolean;
  threadId: number;
  parentPort: AppMessagePort | null;
  workerData: unknown;
  threadName: string;
  resourceLimits: Record<string, number>;
}

const SHARE_ENV = Symbol.for("nodejs.worker_threads.SHARE_ENV");

/** Pools that let their threads sleep on shared memory can be told not to: nobody else could wake this one. */
const WITHOUT_SLEEP = { PISCINA_DISABLE_ATOMICS: "1" };

const MAIN: Self = {
  isMainThread: true,
  threadId: 0,
  parentPort: null,
  workerData: null,
  threadName: "",
  resourceLimits: {},
};

/**
 * The app's `node:worker_threads`. A worker is the packed app evaluated once more, starting with the worker's module; all of them
 * take turns on the isolate's one thread. Messages are cloned and arrive in a later turn, so programs cannot tell the difference,
 * except by the time they take.
 */
export function createWorkerThreads(app: ProgramHost): Record<string, unknown> {
  let lastId = 0;
  const environmentData = new Map<unknown, unknown>();

  class Worker extends EventEmitter {
    readonly threadId: number;
    readonly stdin = null;
    readonly stdout = emptyStream();
    readonly stderr = emptyStream();
    readonly resourceLimits: Record<string, number>;
    readonly performance = { eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }) };
    readonly _port: AppMessagePort;
    readonly _thread: Thread;

    constructor(filename: string | URL, options: WorkerOptions = {}) {
      super();
      if (options.eval) throw evalRefused();
      this.threadId = ++lastId;
      this.resourceLimits = options.resourceLimits ?? {};
      // The worker's end is made with the thread, whose callbacks it carries.
      let theirs: AppMessagePort | undefined;
      let ours: AppMessagePort | undefined;
      const describe = (host: Host): Record<string, unknown> => {
        [ours, theirs] = AppMessagePort.pair(app, host);
        const self: Self = {
          isMainThread: false,
          threadId: this.threadId,
          parentPort: theirs,
          workerData: cloneMessage(options.workerData ?? null, options.transferList),
          threadName: options.name ?? "",
          resourceLimits: this.resourceLimits,
        };
        return { worker_threads: moduleOf(self, host) };
      };
      this._thread = new Thread({
        app,
        start: pathOf(filename, app.cwd()),
        argv: (options.argv ?? []).map(String),
        env: { ...environmentOf(options.env, app), ...WITHOUT_SLEEP },
        builtins: describe,
        isKept: () => theirs?.isHeard ?? false,
        onStart: () => void app.guard(() => this.emit("online")),
        onError: (error) => void app.guard(() => this.emit("error", copyOfError(error))),
        onExit: (code) => this.emit("exit", code),
      });
      this._port = ours as unknown as AppMessagePort;
      this._port.on("message", (message) => this.emit("message", message));
      this._port.start();
    }

    postMessage(value: unknown, transfer?: unknown[]): void {
      this._port.postMessage(value, transfer);
    }

    terminate(): Promise<number | undefined> {
      if (this._thread.hasEnded) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        this.once("exit", resolve);
        this._thread.end(1);
      });
    }

    ref(): void {}
    unref(): void {}

    getHeapSnapshot(): never {
      throw codedError("ERR_WORKER_NOT_RUNNING", "Workers give no snapshot of their memory.");
    }
  }

  const moduleOf = (self: Self, host: Host): Record<string, unknown> => ({
    ...self,
    Worker,
    MessagePort: AppMessagePort,
    MessageChannel: function MessageChannel() {
      const [port1, port2] = AppMessagePort.pair(host, host);
      return { port1, port2 };
    },
    ...webClasses("BroadcastChannel"),
    receiveMessageOnPort: (port: unknown) => AppMessagePort.receive(port),
    moveMessagePortToContext: (port: unknown) => port,
    SHARE_ENV,
    markAsUntransferable() {},
    markAsUncloneable() {},
    isMarkedAsUntransferable: () => false,
    isInternalThread: false,
    getEnvironmentData: (key: unknown) => environmentData.get(key),
    setEnvironmentData: (key: unknown, value: unknown) =>
      value === undefined ? environmentData.delete(key) : environmentData.set(key, value),
  });
  return moduleOf(MAIN, app);
}

/** The image path of a worker's file: relative paths are relative to the working directory, as in Node. */
export function pathOf(filename: string | URL, cwd: string): string {
  const text = String(filename);
  if (text.startsWith("data:")) throw evalRefused();
  if (text.startsWith("file:")) return decodeURIComponent(new URL(text).pathname);
  return posix.resolve(cwd, text);
}

function evalRefused(): Error {
  return codedError(
    "ERR_WORKER_PATH",
    "A worker thread made from text cannot be started on Workers, which load no code at run time. Put its code into a file.",
  );
}

function environmentOf(env: WorkerOptions["env"], app: ProgramHost): Record<string, string | undefined> {
  return typeof env === "object" ? { ...env } : { ...app.environment() };
}

/** A worker's output goes to the log with the app's. */
function emptyStream(): Readable {
  const stream = new Readable({ read() {} });
  stream.push(null);
  return stream;
}
