/** The longest wait that setTimeout takes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * What has to happen at some time: messages and queues that expire, delayed messages.
 *
 * There is one timer, for the next of them, and only while clients are connected: a pending timer keeps the Durable Object in
 * memory, and what happens while nobody is connected cannot be seen before somebody is. `wake` makes up for it, in order.
 */
export class Timers {
  private readonly due = new Map<object, { time: number; run: () => void }>();
  private readonly afterwards: () => void;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private timerTime = 0;
  private awake = false;

  /** `afterwards` is called when something was done on a timer. */
  constructor(afterwards: () => void) {
    this.afterwards = afterwards;
  }

  /** Sets when `run` is called for `owner`, once; 0: never. */
  set(owner: object, time: number, run: () => void): void {
    if (time === 0) this.due.delete(owner);
    else this.due.set(owner, { time, run });
    if (this.awake && time > 0 && (this.timer === null || time < this.timerTime)) this.arm();
  }

  /** Does what has become due, and goes on in time. */
  wake(): void {
    if (this.awake) return;
    this.awake = true;
    this.runDue();
  }

  sleep(): void {
    this.awake = false;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private runDue(): void {
    for (;;) {
      const next = this.next();
      if (next === undefined || next[1].time > Date.now()) break;
      this.due.delete(next[0]);
      next[1].run();
      this.afterwards();
    }
    this.arm();
  }

  private next(): [object, { time: number; run: () => void }] | undefined {
    let next: [object, { time: number; run: () => void }] | undefined;
    for (const candidate of this.due) if (next === undefined || candidate[1].time < next[1].time) next = candidate;
    return next;
  }

  private arm(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const next = this.next();
    if (!this.awake || next === undefined) return;
    this.timerTime = next[1].time;
    const wait = Math.min(Math.max(this.timerTime - Date.now(), 0), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.runDue();
    }, wait);
  }
}
