/** Locks between builds that run at the same time, as files that hold the number of the process. */
import { linkSync, mkdirSync, readFileSync, rmSync, rmdirSync, statSync, writeFileSync } from "node:fs";

/** How long to sleep between two attempts, in milliseconds. */
const PAUSE = 50;
/** A lock is taken from an ended process in no time; whoever takes longer than this (in ms) has ended itself. */
const TAKEOVER = 5000;

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

function sleep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}

/** The process that holds the lock; undefined when nobody does, or somebody who has ended. */
function holder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return isRunning(pid) ? pid : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Removes the lock of a process that has ended. Only one process at a time may look and remove. */
function breakStale(file: string): void {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    const since = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - since > TAKEOVER) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (holder(file) === undefined) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

function acquire(file: string): boolean {
  // The lock must never be there without its text, so it is written under another name and linked.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Runs `action` while no other process holds the lock. The lock is not reentrant. */
export function locked<T>(file: string, action: () => T): T {
  while (!acquire(file)) {
    if (holder(file) === undefined) breakStale(file);
    else sleep();
  }
  try {
    return action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Runs `action` when nobody holds the lock, else does nothing. */
export function lockedIfFree(file: string, action: () => void): void {
  if (!acquire(file)) return;
  try {
    action();
  } finally {
    rmSync(file, { force: true });
  }
}
