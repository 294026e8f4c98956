import { EventEmitter } from "node:events";
import realTimers from "node:timers";
import type { ProgramHost } from "../program";
import { cloneMessage } from "./ports";
import { Thread } from "./thread";
import { pathOf } from "./worker-threads";

interface ForkOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
}

/**
 * `child_process.fork`: the one function of that module that needs no other program. The forked module runs in this isolate, and
 * talks with the app by messages; its output goes to the same log.
 */
export function createFork(app: ProgramHost): (file: string | URL, ...rest: unknown[]) => EventEmitter {
  let lastPid = 100;
  return (file, ...rest) => {
    const argv = Array.isArray(rest[0]) ? (rest[0] as unknown[]).map(String) : [];
    const options = (rest.find((value) => typeof value === "object" && !Array.isArray(value)) ?? {}) as ForkOptions;
    const child = Object.assign(new EventEmitter(), {
      pid: ++lastPid,
      connected: true,
      killed: false,
      exitCode: null as number | null,
      signalCode: null as string | null,
      stdin: null,
      stdout: null,
      stderr: null,
      send: (message: unknown, ...more: unknown[]): boolean => {
        const copy = cloneMessage(message);
        later(() => void thread.guard(() => void thread.process.emit("message", copy)), more);
        return !thread.hasEnded;
      },
      disconnect: () => {
        child.connected = false;
        thread.guard(() => void thread.process.emit("disconnect"));
        later(() => void child.emit("disconnect"));
      },
      kill: (signal: string = "SIGTERM"): boolean => {
        if (thread.hasEnded) return false;
        child.killed = true;
        child.signalCode = signal;
        thread.end(0);
        return true;
      },
      ref() {},
      unref() {},
    });
    const later = (work: () => void, rest: readonly unknown[] = []): void => {
      const callback = rest.at(-1);
      realTimers.setImmediate(() => {
        app.guard(work);
        if (typeof callback === "function") app.guard(() => (callback as (error: null) => void)(null));
      });
    };
    const thread: Thread = new Thread({
      app,
      start: pathOf(file, options.cwd ?? app.cwd()),
      argv,
      env: { ...(options.env ?? app.environment()) },
      builtins: () => ({}),
      isKept: () => child.connected && thread.process.listenerCount("message") > 0,
      onStart: () => {
        Object.assign(thread.process, {
          connected: true,
          channel: { ref() {}, unref() {} },
          send: (message: unknown, ...more: unknown[]): boolean => {
            const copy = cloneMessage(message);
            later(() => void child.emit("message", copy), more);
            return true;
          },
          disconnect: () => {
            Object.assign(thread.process, { connected: false });
            child.disconnect();
          },
        });
        app.guard(() => void child.emit("spawn"));
      },
      onError: (error) => console.error(error),
      onExit: (code) => {
        child.connected = false;
        child.exitCode = child.signalCode === null ? code : null;
        for (const name of ["exit", "close"]) child.emit(name, child.exitCode, child.signalCode);
      },
    });
    return child;
  };
}
