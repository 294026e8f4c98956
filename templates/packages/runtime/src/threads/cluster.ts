import { EventEmitter } from "node:events";
import realTimers from "node:timers";
import type { ProgramHost } from "../program";
import { cloneMessage } from "./ports";
import { Thread } from "./thread";

/**
 * The app's `node:cluster`. The first worker that is forked is the app evaluated once more, as a worker; it listens and serves.
 * Further ones would only share its thread, so they are not started: they are there, and wait to take over should it end.
 */
export function createCluster(app: ProgramHost): EventEmitter {
  const cluster = new EventEmitter();
  const workers: Record<number, ClusterWorker> = {};
  let lastId = 0;

  class ClusterWorker extends EventEmitter {
    readonly id = ++lastId;
    readonly process: EventEmitter & { pid: number; connected: boolean };
    exitedAfterDisconnect = false;
    state = "none";
    _thread: Thread | undefined;
    readonly _env: Record<string, unknown>;

    constructor(env: Record<string, unknown>) {
      super();
      this._env = env;
      this.process = Object.assign(new EventEmitter(), { pid: 100 + this.id, connected: true });
    }

    send(message: unknown, ...rest: unknown[]): boolean {
      const thread = this._thread;
      deliver(() => void thread?.guard(() => void thread.process.emit("message", cloneMessage(message))), rest);
      return thread !== undefined;
    }

    isConnected(): boolean {
      return this._thread !== undefined && !this._thread.hasEnded;
    }

    isDead(): boolean {
      return this._thread?.hasEnded ?? false;
    }

    disconnect(): this {
      this.exitedAfterDisconnect = true;
      this._end(0);
      return this;
    }

    kill(): void {
      this.exitedAfterDisconnect = true;
      this._end(0);
    }

    destroy(): void {
      this.kill();
    }

    _end(code: number): void {
      if (this._thread) this._thread.end(code);
      else ended(this, code);
    }
  }

  const tell = (worker: ClusterWorker, name: string, ...details: unknown[]): void => {
    app.guard(() => void worker.emit(name, ...details));
    app.guard(() => void cluster.emit(name, worker, ...details));
  };

  const ended = (worker: ClusterWorker, code: number): void => {
    delete workers[worker.id];
    worker.state = "dead";
    worker.process.connected = false;
    for (const name of ["disconnect", "exit"]) {
      const details = name === "exit" ? [code, null] : [];
      app.guard(() => void worker.process.emit(name, ...details));
      tell(worker, name, ...details);
    }
    const next = Object.values(workers).find((waiting) => waiting._thread === undefined);
    if (next && !Object.values(workers).some((other) => other._thread)) start(next);
  };

  const start = (worker: ClusterWorker): void => {
    const own = Object.fromEntries(Object.entries(worker._env).map(([key, value]) => [key, String(value)]));
    worker._thread = new Thread({
      app,
      start: undefined,
      argv: [],
      env: { ...app.environment(), ...own, NODE_UNIQUE_ID: String(worker.id) },
      builtins: () => ({ cluster: inWorker(worker) }),
      isKept: () => true,
      onStart: () => {
        worker.state = "online";
        const { process } = worker._thread as Thread;
        Object.assign(process, {
          connected: true,
          send: (message: unknown, ...rest: unknown[]) => {
            const heard = cloneMessage(message);
            deliver(() => {
              app.guard(() => void worker.emit("message", heard));
              app.guard(() => void cluster.emit("message", worker, heard));
            }, rest);
            return true;
          },
          disconnect: () => worker.disconnect(),
        });
        tell(worker, "online");
        const stopWatching = app.network.onBind(() => {
          stopWatching();
          worker.state = "listening";
          tell(worker, "listening", { address: null, port: app.network.ports()[0], addressType: 4 });
        });
      },
      onError: (error) => console.error(error),
      onExit: (code) => ended(worker, code),
    });
  };

  const inWorker = (worker: ClusterWorker): EventEmitter =>
    Object.assign(new EventEmitter(), {
      ...constants,
      isPrimary: false,
      isMaster: false,
      isWorker: true,
      worker,
    });

  return Object.assign(cluster, {
    ...constants,
    isPrimary: true,
    isMaster: true,
    isWorker: false,
    Worker: ClusterWorker,
    workers,
    settings: {},
    setupPrimary() {},
    setupMaster() {},
    fork(env: Record<string, unknown> = {}): ClusterWorker {
      const worker = new ClusterWorker(env);
      const isFirst = !Object.values(workers).some((other) => other._thread && !other._thread.hasEnded);
      workers[worker.id] = worker;
      realTimers.setImmediate(() => void app.guard(() => void cluster.emit("fork", worker)));
      if (isFirst) start(worker);
      else
        console.warn(
          `cluster.fork: worker ${worker.id} waits; one worker serves all requests, as an isolate is one thread`,
        );
      return worker;
    },
    disconnect(callback?: () => void): void {
      for (const worker of Object.values(workers)) worker.disconnect();
      if (callback) realTimers.setImmediate(() => void app.guard(callback));
    },
  });
}

const constants = { SCHED_NONE: 1, SCHED_RR: 2, schedulingPolicy: 2 };

/** Brings a message over in a later turn; `rest` may end with the callback that is told so. */
function deliver(bring: () => void, rest: readonly unknown[]): void {
  const callback = rest.at(-1);
  realTimers.setImmediate(() => {
    bring();
    if (typeof callback === "function") (callback as (error: null) => void)(null);
  });
}
