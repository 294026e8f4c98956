/** When the callbacks of the package sqlite3 come. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Callbacks in a row before the event loop gets its turn. Going through it takes longer than most statements. */
const IN_A_ROW = 32;

/**
 * Calls back in order, each after the code and the promises before it, and lets other events in between now and then.
 * `nextTurn` calls back in a later turn of the event loop, `guard` calls into the app.
 */
export function createTurns(
  nextTurn: (callback: () => void) => void,
  guard: (callback: () => void) => void,
): (callback: () => void) => void {
  const queue: (() => void)[] = [];
  let count = 0;
  const run = (): void => {
    const callback = queue.shift()!;
    guard(callback);
    if (queue.length > 0) next();
    else isRunning = false;
  };
  const next = (): void => {
    count = (count + 1) % IN_A_ROW;
    if (count === 0) nextTurn(run);
    else queueMicrotask(run);
  };
  let isRunning = false;
  return (callback) => {
    const inContext = AsyncLocalStorage.snapshot();
    queue.push(() => inContext(callback));
    if (isRunning) return;
    isRunning = true;
    next();
  };
}
