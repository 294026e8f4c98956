/** One copy of a message in one queue. */
import type { Content } from "./message";

export interface Entry {
  /** Its place in the queue: rises with every message. */
  readonly seq: number;
  /** Bytes of the body. */
  readonly size: number;
  readonly priority: number;
  /** Unix milliseconds; 0: never. */
  readonly expires: number;
  /** Whether it is in the storage. */
  stored: boolean;
  /** Null while only the storage has it. */
  content: Content | null;
  redelivered: boolean;
  /** How often it was given back. */
  returns: number;
}

/** How many places at the front of the array may be empty before it is cut. */
const SLACK = 1024;

/** Messages of one priority in the order in which they go out. Those that come back get their old place. */
class Level {
  private items: Entry[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  peek(): Entry | undefined {
    return this.items[this.head];
  }

  shift(): Entry | undefined {
    const entry = this.items[this.head];
    if (entry === undefined) return undefined;
    this.head++;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head > SLACK && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    } else {
      this.items[this.head - 1] = undefined as never; // lets go of the message
    }
    return entry;
  }

  insert(entry: Entry): void {
    const last = this.items.at(-1);
    if (this.length === 0 || last!.seq < entry.seq) {
      this.items.push(entry);
      return;
    }
    let [low, high] = [this.head, this.items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.items[middle]!.seq < entry.seq) low = middle + 1;
      else high = middle;
    }
    if (low === this.head && this.head > 0) this.items[--this.head] = entry;
    else this.items.splice(low, 0, entry);
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (let i = this.head; i < this.items.length; i++) yield this.items[i]!;
  }
}

/** The messages of a queue that wait for a consumer: by priority, then in order. */
export class ReadyList {
  /** One level for a queue without priorities, else one for each from 0. */
  private readonly levels: Level[];
  private count = 0;
  /** Bytes of all bodies. */
  private total = 0;

  constructor(maxPriority: number | undefined) {
    this.levels = Array.from({ length: (maxPriority ?? 0) + 1 }, () => new Level());
  }

  get length(): number {
    return this.count;
  }

  get bytes(): number {
    return this.total;
  }

  /** The highest priority that makes a difference here. */
  get maxPriority(): number {
    return this.levels.length - 1;
  }

  peek(): Entry | undefined {
    return this.levels.findLast((level) => level.length > 0)?.peek();
  }

  shift(): Entry | undefined {
    return this.taken(this.levels.findLast((level) => level.length > 0)?.shift());
  }

  insert(entry: Entry): void {
    this.levels[entry.priority]!.insert(entry);
    this.count++;
    this.total += entry.size;
  }

  /** Takes the messages that have expired from the front of each priority: those behind a living one wait their turn. */
  takeExpired(now: number): Entry[] {
    const expired: Entry[] = [];
    for (const level of this.levels) {
      for (let head = level.peek(); head && head.expires > 0 && head.expires <= now; head = level.peek()) {
        expired.push(this.taken(level.shift())!);
      }
    }
    return expired;
  }

  /** When the next message at a front expires; 0: none does. */
  nextExpiry(): number {
    const times = this.levels.map((level) => level.peek()?.expires ?? 0).filter((time) => time > 0);
    return times.length === 0 ? 0 : Math.min(...times);
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (const level of this.levels.toReversed()) yield* level;
  }

  private taken(entry: Entry | undefined): Entry | undefined {
    if (entry) {
      this.count--;
      this.total -= entry.size;
    }
    return entry;
  }
}
