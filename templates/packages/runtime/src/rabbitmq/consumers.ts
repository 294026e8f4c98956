import type { Content } from "./message";
import type { Queue } from "./queue";
import type { Entry } from "./ready-list";
import type { FieldTable } from "./wire";

/** What a consumer's channel does for queues. */
export interface ConsumingChannel {
  /** Whether nothing more may be sent to it now: its prefetch is used up, or the client does not read. */
  readonly full: boolean;
  deliver(consumer: Consumer, queue: Queue, entry: Entry, content: Content): void;
  /** The queue is gone, or another reason for which the consumer ends. */
  cancelled(consumer: Consumer): void;
}

export interface Consumer {
  readonly tag: string;
  readonly channel: ConsumingChannel;
  readonly queue: Queue;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  readonly arguments: FieldTable;
  /** Unacknowledged messages at most; 0: any number. */
  readonly prefetch: number;
  unacknowledged: number;
}

/**
 * The consumers of a queue, in the order in which they get messages: by priority, in turns among equals.
 *
 * As in RabbitMQ, one that cannot take a message when its turn comes steps out of the line, and joins its end again once it can.
 */
export class Consumers {
  private line: Consumer[] = [];
  private waiting: Consumer[] = [];
  /** In the order in which they came. */
  private readonly all = new Set<Consumer>();
  private readonly single: boolean;

  /** `single`: only the first gets messages, until it leaves. */
  constructor(single: boolean) {
    this.single = single;
  }

  get count(): number {
    return this.all.size;
  }

  get exclusive(): boolean {
    return [...this.all].some((consumer) => consumer.exclusive);
  }

  [Symbol.iterator](): Iterator<Consumer> {
    return this.all.values();
  }

  add(consumer: Consumer): void {
    this.all.add(consumer);
    this.join(consumer);
  }

  remove(consumer: Consumer): void {
    this.all.delete(consumer);
    this.line = this.line.filter((other) => other !== consumer);
    this.waiting = this.waiting.filter((other) => other !== consumer);
  }

  /** The consumer that gets the next message, and goes to the end of the line for it. */
  next(): Consumer | undefined {
    if (this.single) {
      const [active] = this.all;
      return active !== undefined && canTake(active) ? active : undefined;
    }
    for (let first = this.line.shift(); first !== undefined; first = this.line.shift()) {
      if (canTake(first)) {
        this.join(first);
        return first;
      }
      this.waiting.push(first);
    }
    return undefined;
  }

  /** A channel can take messages again, or has acknowledged some. Returns whether somebody joined the line. */
  resume(channel: ConsumingChannel): boolean {
    if (this.single) return this.all.size > 0;
    const ready = this.waiting.filter((consumer) => consumer.channel === channel && canTake(consumer));
    if (ready.length === 0) return false;
    this.waiting = this.waiting.filter((consumer) => !ready.includes(consumer));
    ready.sort((a, b) => b.priority - a.priority).forEach((consumer) => this.join(consumer));
    return true;
  }

  /** Behind the last one of the same or a higher priority. */
  private join(consumer: Consumer): void {
    const before = this.line.findLastIndex((other) => other.priority >= consumer.priority);
    this.line.splice(before + 1, 0, consumer);
  }
}

function canTake(consumer: Consumer): boolean {
  if (consumer.channel.full) return false;
  return consumer.noAck || consumer.prefetch === 0 || consumer.unacknowledged < consumer.prefetch;
}
