import realTimers from "node:timers";
import { describeError } from "../errors";
import type { Host } from "../host";
import { ExitSignal } from "../node/process";
import { notPacked, runProgram, type Program, type ProgramHost } from "../program";

/** How often to look whether a program has nothing left to do. */
const IDLE_POLL_MS = 20;

/** How many times in a row it must look idle: promises it waits for leave no trace. */
const IDLE_LOOKS = 3;

export interface ThreadOptions {
  app: ProgramHost;
  /** Image path of the module to start; undefined for the app's entry. */
  start: string | undefined;
  argv: string[];
  env: Record<string, string | undefined>;
  /** The modules that tell the program what it is. They get the thread as the host of their callbacks. */
  builtins(host: Host): Record<string, unknown>;
  /** Whether the program is kept running by somebody who may send it something. */
  isKept(): boolean;
  onStart(): void;
  onError(error: unknown): void;
  onExit(code: number): void;
}

/**
 * A program that the app runs beside itself: a worker thread, a process of a cluster, a forked module. It is the packed app
 * evaluated once more in the same isolate, so it shares the thread, the CPU time, the files and the network with the app.
 */
export class Thread implements Host {
  readonly network: Host["network"];
  readonly #options: ThreadOptions;
  readonly #program: Program;
  #exitCode: number | undefined;
  #settled = false;
  #idle = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const { app, start, argv, env } = options;
    if (start !== undefined && !app.hasModule(start)) throw notPacked(start);
    this.network = app.network;
    this.#program = app.createProgram({
      host: this,
      start,
      argv,
      env,
      builtins: options.builtins(this),
      exit: (code) => this.end(code),
    });
    realTimers.setImmediate(() => void this.#run());
  }

  get process(): Program["process"] {
    return this.#program.process;
  }

  get hasEnded(): boolean {
    return this.#exitCode !== undefined;
  }

  /** Runs what belongs to the program: its errors are its own. */
  guard<Result>(work: () => Result): Result | undefined {
    if (this.hasEnded) return undefined;
    return this.#options.app.guard(() => {
      try {
        return work();
      } catch (error) {
        this.fail(error);
        return undefined;
      }
    });
  }

  /** An error nobody in the program has caught ends it. */
  fail(error: unknown): void {
    if (error instanceof ExitSignal || this.hasEnded) return;
    try {
      if (this.process.emit("uncaughtException", error, "uncaughtException")) return;
    } catch (thrown) {
      if (thrown instanceof ExitSignal) return;
      error = thrown;
    }
    this.#options.onError(error);
    this.end(1);
  }

  end(code: number): void {
    if (this.hasEnded) return;
    this.#exitCode = code;
    this.#program.timers.clear();
    this.#later(() => this.#options.onExit(code));
  }

  async #run(): Promise<void> {
    if (this.hasEnded) return;
    this.#options.onStart();
    try {
      await this.guard(() => runProgram(this.#options.app.image, this.#program));
    } catch (error) {
      this.fail(error);
    }
    this.#settled = true;
    this.#watch();
  }

  /** A program ends by itself when nothing can call it any more. */
  #watch(): void {
    if (this.hasEnded) return;
    const isBusy = !this.#settled || this.#options.isKept() || this.#program.timers.active() > 0;
    this.#idle = isBusy ? 0 : this.#idle + 1;
    if (this.#idle >= IDLE_LOOKS) {
      this.guard(() => this.process.emit("beforeExit", 0));
      this.end(Number(this.process.exitCode ?? 0) || 0);
    } else {
      realTimers.setTimeout(() => this.#watch(), IDLE_POLL_MS);
    }
  }

  #later(work: () => void): void {
    realTimers.setImmediate(() => void this.#options.app.guard(work));
  }
}

/** The error as the starter of a program gets it: a copy, as it came from another program. */
export function copyOfError(error: unknown): unknown {
  if (!(error instanceof Error)) {
    try {
      return structuredClone(error);
    } catch {
      return new Error(describeError(error));
    }
  }
  const copy = new Error(error.message);
  Object.assign(copy, error, { stack: error.stack });
  return Object.defineProperty(copy, "name", { value: error.name, configurable: true, writable: true });
}
