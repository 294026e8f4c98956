import realTimers from "node:timers";
import { codedError } from "../errors";
import type { Host } from "../host";

type Callback = (...values: unknown[]) => void;

/** Longest delay a timer takes; Node turns longer ones into 1 ms. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * The app's timers: workerd's, whose callbacks are calls into the app. What they throw is the process's uncaught exception, and
 * after the process has ended they do nothing.
 */
export function createTimers(host: Host): Record<string, unknown> {
  const wrap = (callback: unknown): Callback => {
    if (typeof callback !== "function") {
      const message = `The "callback" argument must be of type function. Received ${callback === undefined ? "undefined" : typeof callback}`;
      throw codedError("ERR_INVALID_ARG_TYPE", message, TypeError);
    }
    return (...values) => void host.guard(() => (callback as Callback)(...values));
  };
  const delay = (ms: unknown): number => {
    const wanted = Number(ms);
    return wanted >= 1 && wanted <= MAX_DELAY_MS ? Math.trunc(wanted) : 1;
  };
  const setTimeout = (callback: unknown, ms?: unknown, ...values: unknown[]) =>
    realTimers.setTimeout(wrap(callback), delay(ms), ...values);
  const setInterval = (callback: unknown, ms?: unknown, ...values: unknown[]) =>
    realTimers.setInterval(wrap(callback), delay(ms), ...values);
  const setImmediate = (callback: unknown, ...values: unknown[]) => realTimers.setImmediate(wrap(callback), ...values);
  const promisified = Symbol.for("nodejs.util.promisify.custom");
  Object.defineProperty(setTimeout, promisified, {
    value: (ms?: number, value?: unknown) =>
      new Promise((resolve) => realTimers.setTimeout(() => resolve(value), delay(ms))),
  });
  Object.defineProperty(setImmediate, promisified, {
    value: (value?: unknown) => new Promise((resolve) => realTimers.setImmediate(() => resolve(value))),
  });
  return {
    ...realTimers,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout: realTimers.clearTimeout,
    clearInterval: realTimers.clearInterval,
    clearImmediate: realTimers.clearImmediate,
  };
}
