import type { QueueProperties, QueueSettings } from "./arguments";
import type { Consumer } from "./consumers";
import { Consumers } from "./consumers";
import { type Content, contentSize, type DeathReason, type Message } from "./message";
import { type Entry, ReadyList } from "./ready-list";
import type { FieldTable } from "./wire";
import type { VirtualHost } from "./vhost";

/** Places by which the storage's mark of what was delivered runs ahead: it is written once for so many messages. */
const DELIVERED_STEP = 64;

/** What a queue does with a message that it is given. */
export type Reception = "taken" | "refused";

/**
 * A queue: messages in order, and the consumers that get them.
 *
 * What is durable and persistent is written to the storage before the client is told. Everything else stays in memory as long
 * as clients are connected; `store` puts it aside when the last of them leaves, because the object may then be evicted.
 */
export class Queue implements QueueProperties {
  readonly kind = "queue";
  /** Its number in the storage. */
  readonly id: number;
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
  /** The connection it belongs to, for an exclusive queue. */
  readonly owner: object | null;
  readonly consumers: Consumers;
  settings: QueueSettings;
  stored = false;
  deleted = false;
  /** Since when it has had no consumer and nobody asked for it (Unix milliseconds). */
  unusedSince = Date.now();

  private readonly vhost: VirtualHost;
  private readonly ready: ReadyList;
  private readonly unacknowledged = new Set<Entry>();
  private nextSeq = 1;
  /** Messages up to this place may have been delivered, as the storage has it. */
  private deliveredMark = 0;
  private readonly expiryTimer = {};

  constructor(
    vhost: VirtualHost,
    id: number,
    name: string,
    args: FieldTable,
    settings: QueueSettings,
    properties: Omit<QueueProperties, "exclusive"> & { owner: object | null },
  ) {
    this.vhost = vhost;
    this.id = id;
    this.name = name;
    this.arguments = args;
    this.settings = settings;
    this.durable = properties.durable;
    this.autoDelete = properties.autoDelete;
    this.owner = properties.owner;
    this.ready = new ReadyList(settings.maxPriority);
    this.consumers = new Consumers(settings.singleActiveConsumer);
  }

  get exclusive(): boolean {
    return this.owner !== null;
  }

  get readyCount(): number {
    return this.ready.length;
  }

  get unacknowledgedCount(): number {
    return this.unacknowledged.size;
  }

  get bytes(): number {
    return this.ready.bytes;
  }

  // ---- messages come ---------------------------------------------------------------------------------------------

  /** Takes a message, or refuses it because the queue is full. */
  publish(message: Message): Reception {
    this.dropExpired();
    const { overflow } = this.settings;
    if (overflow !== "drop-head" && this.overflows(message.body.length)) {
      if (overflow === "reject-publish-dlx") this.vhost.sendDeadLetter(this, message, "maxlen");
      return "refused";
    }
    const ttl = Math.min(this.settings.messageTtl ?? Infinity, message.ttl ?? Infinity);
    const entry: Entry = {
      seq: this.nextSeq++,
      size: message.body.length,
      priority: Math.min(message.priority, this.ready.maxPriority),
      expires: ttl === Infinity ? 0 : Date.now() + ttl,
      content: message,
      stored: false,
      redelivered: false,
      returns: 0,
    };
    this.vhost.residence.add(entry);
    // With nothing before it the message goes straight to a consumer: even one whose time to live is 0.
    const consumer = this.ready.length === 0 ? this.consumers.next() : undefined;
    if (consumer === undefined || !consumer.noAck) this.keep(entry, message);
    if (consumer !== undefined) {
      this.deliver(entry, consumer);
    } else {
      this.ready.insert(entry);
      this.dropOverflow();
    }
    this.setTimer();
    return "taken";
  }

  /** Writes a message to the storage if it has to outlive the object, or if memory is short. */
  private keep(entry: Entry, message: Message): void {
    const crowded = this.vhost.residence.crowded;
    if ((this.durable && message.persistent && !this.exclusive) || crowded) this.storeEntry(entry);
    if (crowded) this.vhost.residence.forget(entry);
  }

  private overflows(size: number): boolean {
    const { maxLength = Infinity, maxLengthBytes = Infinity } = this.settings;
    return this.ready.length + 1 > maxLength || this.ready.bytes + size > maxLengthBytes;
  }

  private dropOverflow(): void {
    const { maxLength = Infinity, maxLengthBytes = Infinity, overflow } = this.settings;
    if (overflow !== "drop-head") return;
    while (this.ready.length > maxLength || this.ready.bytes > maxLengthBytes)
      this.discard(this.ready.shift()!, "maxlen");
  }

  // ---- messages go -----------------------------------------------------------------------------------------------

  /** Gives waiting messages to consumers that can take one. */
  run(): void {
    this.dropExpired();
    while (this.ready.length > 0) {
      const consumer = this.consumers.next();
      if (consumer === undefined) break;
      this.deliver(this.ready.shift()!, consumer);
      this.dropExpired();
    }
    this.setTimer();
  }

  /** The next message for basic.get; undefined: there is none. */
  get(noAck: boolean): { entry: Entry; content: Content; remaining: number } | undefined {
    this.touch();
    this.dropExpired();
    const entry = this.ready.shift();
    if (entry === undefined) return undefined;
    const content = this.take(entry, noAck);
    this.setTimer();
    return { entry, content, remaining: this.ready.length };
  }

  private deliver(entry: Entry, consumer: Consumer): void {
    const content = this.take(entry, consumer.noAck);
    consumer.channel.deliver(consumer, this, entry, content);
  }

  /** A message leaves the ready ones: for good, or until it is acknowledged. */
  private take(entry: Entry, noAck: boolean): Content {
    const content = this.contentOf(entry);
    if (noAck) {
      this.forget(entry);
    } else {
      this.unacknowledged.add(entry);
      this.markDelivered(entry);
    }
    return content;
  }

  private contentOf(entry: Entry): Content {
    return entry.content ?? this.vhost.store.readContent(this.id, entry);
  }

  private markDelivered(entry: Entry): void {
    if (!entry.stored || entry.seq <= this.deliveredMark) return;
    this.deliveredMark = entry.seq + DELIVERED_STEP;
    this.vhost.store.setDelivered(this.id, this.deliveredMark);
  }

  // ---- acknowledgements --------------------------------------------------------------------------------------------

  acknowledge(entry: Entry): void {
    if (this.deleted) return;
    this.unacknowledged.delete(entry);
    this.forget(entry);
  }

  reject(entry: Entry): void {
    if (this.deleted) return;
    this.unacknowledged.delete(entry);
    this.discard(entry, "rejected");
  }

  /** Messages come back to their old places. */
  requeue(entries: readonly Entry[]): void {
    if (this.deleted) return;
    for (const entry of entries) {
      this.unacknowledged.delete(entry);
      entry.redelivered = true;
      entry.returns++;
      const { type, deliveryLimit } = this.settings;
      if (type === "quorum" && deliveryLimit !== undefined && entry.returns > deliveryLimit) {
        this.discard(entry, "delivery_limit");
        continue;
      }
      if (entry.stored) this.vhost.store.updateMessage(this.id, entry);
      this.ready.insert(entry);
    }
    this.dropOverflow();
    this.setTimer();
  }

  // ---- messages are dropped ----------------------------------------------------------------------------------------

  /** Removes the waiting messages; returns how many there were. */
  purge(): number {
    const count = this.ready.length;
    for (let entry = this.ready.shift(); entry !== undefined; entry = this.ready.shift()) this.forget(entry);
    this.setTimer();
    return count;
  }

  dropExpired(): void {
    for (const entry of this.ready.takeExpired(Date.now())) this.discard(entry, "expired");
  }

  private discard(entry: Entry, reason: DeathReason): void {
    if (this.settings.deadLetterExchange !== undefined) this.vhost.sendDeadLetter(this, this.contentOf(entry), reason);
    this.forget(entry);
  }

  private forget(entry: Entry): void {
    if (entry.stored) this.vhost.store.deleteMessage(this.id, entry);
    this.vhost.residence.remove(entry);
  }

  private setTimer(): void {
    this.vhost.timers.set(this.expiryTimer, this.ready.nextExpiry(), () => {
      this.dropExpired();
      this.setTimer();
    });
  }

  // ---- use and storage ---------------------------------------------------------------------------------------------

  /** Somebody asked for the queue. */
  touch(): void {
    this.unusedSince = Date.now();
    this.watchUse();
  }

  /** Sets the time at which an unused queue is deleted (x-expires). */
  watchUse(): void {
    const { expires } = this.settings;
    if (expires === undefined) return;
    const due = this.consumers.count > 0 ? 0 : this.unusedSince + expires;
    this.vhost.timers.set(this, due, () => this.vhost.deleteQueue(this));
  }

  /** Puts aside what is only in memory. */
  store(): void {
    for (const entry of this.ready) this.storeEntry(entry);
    if (this.deliveredMark > 0) this.vhost.store.setDelivered(this.id, (this.deliveredMark = 0));
    if (this.settings.expires !== undefined) this.vhost.store.setUnusedSince(this.id, this.unusedSince);
  }

  private storeEntry(entry: Entry): void {
    if (entry.stored) return;
    this.vhost.keepQueue(this);
    this.vhost.store.saveMessage(this.id, entry, this.contentOf(entry));
    entry.stored = true;
  }

  /** Takes up what the storage has. */
  load(entries: readonly Entry[], delivered: number, unusedSince: number | null): void {
    for (const entry of entries) {
      if (entry.seq <= delivered) entry.redelivered = true;
      this.vhost.residence.add(entry);
      this.ready.insert({ ...entry, priority: Math.min(entry.priority, this.ready.maxPriority) });
    }
    this.nextSeq = Math.max(entries.at(-1)?.seq ?? 0, delivered) + 1;
    this.deliveredMark = delivered;
    if (unusedSince !== null) this.unusedSince = unusedSince;
    this.setTimer();
    this.watchUse();
  }

  /** It is gone: what channels still hold of it is not acknowledged any more. */
  close(): void {
    this.deleted = true;
    for (const entry of [...this.ready, ...this.unacknowledged]) this.vhost.residence.remove(entry);
    this.vhost.timers.set(this, 0, () => {});
    this.vhost.timers.set(this.expiryTimer, 0, () => {});
  }
}

/** Counts what is in memory, over all queues. */
export class Residence {
  /** Contents kept in memory at most (bytes); a Durable Object has 128 MB for everything. */
  private readonly limit: number;
  private bytes = 0;
  private messages = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Messages in all queues. */
  get count(): number {
    return this.messages;
  }

  /** Whether new contents should only be in the storage. */
  get crowded(): boolean {
    return this.bytes > this.limit;
  }

  add(entry: Entry): void {
    this.messages++;
    if (entry.content) this.bytes += contentSize(entry.content);
  }

  remove(entry: Entry): void {
    this.messages--;
    this.forget(entry);
  }

  /** The storage alone has the content from now on. */
  forget(entry: Entry): void {
    if (entry.content) this.bytes -= contentSize(entry.content);
    entry.content = null;
  }
}
