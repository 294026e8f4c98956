import type { Network } from "./network";

/** What the stand-ins for Node's modules need of the instance of the app they belong to. */
export interface Host {
  /** The names, ports and routes of the app. */
  readonly network: Network;
  /**
   * Calls into the app from outside (an event, a timer). What it throws becomes the process's uncaught exception instead of
   * the caller's, and `process.nextTick` callbacks it leaves behind run right after it, as at the end of a turn of Node's loop.
   */
  guard<Result>(work: () => Result): Result | undefined;
}
