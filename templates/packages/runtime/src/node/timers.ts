import realTimers from "node:timers";
import realPromises from "node:timers/promises";
import { codedError } from "../errors";
import type { Host } from "../host";

type Callback = (...values: unknown[]) => void;

/** Longest delay a timer takes; Node turns longer ones into 1 ms. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Timers beyond this are housekeeping, not the end of a request's work. */
const LONGEST_AWAITED_MS = 10_000;

const PROMISIFIED = Symbol.for("nodejs.util.promisify.custom");

export interface AppTimers {
  /** The app's `node:timers`. */
  module: Record<string, unknown>;
  /** The app's `node:timers/promises`. */
  promises: Record<string, unknown>;
  /** How many timers have yet to run that run once and soon. */
  pending(): number;
  /** How many timers there are that may still run. */
  active(): number;
  /** Ends all of them. */
  clear(): void;
}

/**
 * The app's timers: workerd's, whose callbacks are calls into the app. What they throw is the process's uncaught exception, and
 * after the process has ended they do nothing.
 */
export function createTimers(host: Host): AppTimers {
  /** Timers that have yet to run, with their delays; those that repeat are not among them. */
  const pending = new Map<object, number>();
  const repeating = new Set<object>();
  /** The delays of those that somebody awaits. */
  const awaited = new Map<object, number>();
  const wrap = (callback: unknown): Callback => {
    if (typeof callback !== "function") {
      const received = callback === undefined ? "undefined" : typeof callback;
      const message = `The "callback" argument must be of type function. Received ${received}`;
      throw codedError("ERR_INVALID_ARG_TYPE", message, TypeError);
    }
    return (...values) => void host.guard(() => (callback as Callback)(...values));
  };
  const setTimeout = (callback: unknown, ms?: unknown, ...values: unknown[]) => {
    const run = wrap(callback);
    const timer: NodeJS.Timeout = realTimers.setTimeout(() => {
      pending.delete(timer);
      run(...values);
    }, delay(ms));
    pending.set(timer, delay(ms));
    return timer;
  };
  const setInterval = (callback: unknown, ms?: unknown, ...values: unknown[]) => {
    const timer = realTimers.setInterval(wrap(callback), delay(ms), ...values);
    repeating.add(timer);
    return timer;
  };
  const setImmediate = (callback: unknown, ...values: unknown[]) => realTimers.setImmediate(wrap(callback), ...values);
  const clear = (timer: unknown): void => {
    if (typeof timer === "object" && timer !== null) {
      pending.delete(timer);
      repeating.delete(timer);
    }
    realTimers.clearTimeout(timer as NodeJS.Timeout);
  };
  Object.defineProperty(setTimeout, PROMISIFIED, {
    value: (ms?: number, value?: unknown) => new Promise((resolve) => setTimeout(() => resolve(value), ms)),
  });
  Object.defineProperty(setImmediate, PROMISIFIED, {
    value: (value?: unknown) => new Promise((resolve) => realTimers.setImmediate(() => resolve(value))),
  });
  const promises = {
    ...realPromises,
    async setTimeout(ms?: number, value?: unknown, options?: { signal?: AbortSignal }) {
      const mark = {};
      awaited.set(mark, delay(ms));
      try {
        return await realPromises.setTimeout(ms, value, options);
      } finally {
        awaited.delete(mark);
      }
    },
  };
  return {
    promises,
    module: {
      ...realTimers,
      promises,
      setTimeout,
      setInterval,
      setImmediate,
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: realTimers.clearImmediate,
    },
    pending: () => [...pending.values(), ...awaited.values()].filter((ms) => ms <= LONGEST_AWAITED_MS).length,
    active: () => pending.size + repeating.size + awaited.size,
    clear: () => {
      for (const timer of [...pending.keys(), ...repeating]) clear(timer);
    },
  };
}

/** The delay that Node gives a timer. */
function delay(ms: unknown): number {
  const wanted = Number(ms);
  return wanted >= 1 && wanted <= MAX_DELAY_MS ? Math.trunc(wanted) : 1;
}
