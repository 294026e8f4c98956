import type { User } from "./access";
import type { Broker } from "./broker";
import type { Connection } from "./connection";
import type { Consumer, ConsumingChannel } from "./consumers";
import { AmqpError, preconditionFailed } from "./errors";
import { HANDLERS } from "./handlers";
import type { Content, Message } from "./message";
import type { Method, MethodArguments, MethodName } from "./methods";
import { type ContentHeader, readProperties, writeProperties } from "./properties";
import { publish } from "./publishing";
import type { Queue } from "./queue";
import type { Entry } from "./ready-list";
import type { VirtualHost } from "./vhost";
import { long } from "./wire";

/** The longest message that is taken, as in RabbitMQ 4; a Durable Object has 128 MB for everything. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A message that a client has and has not yet acknowledged. */
export interface Unacknowledged {
  queue: Queue;
  entry: Entry;
  /** Null: it was fetched with basic.get. */
  consumer: Consumer | null;
}

export type Settlement = "ack" | "reject" | "requeue";

/** What a transaction has gathered for its commit. */
interface Transaction {
  publishes: (() => void)[];
  settlements: { items: [number, Unacknowledged][]; how: Settlement }[];
}

/** Confirms: the number of the next message, and those that are settled and not yet told. */
interface Confirms {
  next: number;
  acknowledged: number[];
  refused: number[];
}

/** One channel of a connection: what a client has declared, consumes, and has not yet acknowledged. */
export class Channel implements ConsumingChannel {
  readonly id: number;
  readonly connection: Connection;
  readonly broker: Broker;
  readonly vhost: VirtualHost;
  readonly user: User;
  readonly consumers = new Map<string, Consumer>();
  /** By delivery tag, in ascending order. */
  readonly unacknowledged = new Map<number, Unacknowledged>();
  /** Prefetch of consumers to come. */
  consumerPrefetch = 0;
  /** Prefetch of all consumers together; 0: any. */
  channelPrefetch = 0;
  /** The queue that an empty name stands for. */
  lastQueue: string | null = null;
  confirms: Confirms | null = null;
  transaction: Transaction | null = null;
  /** Receives replies without a queue. `name` stands in reply-to. */
  replyConsumer: { tag: string; name: string } | null = null;
  /** The server has closed it and waits for the client's channel.close-ok. */
  closing = false;

  private nextTag = 1;
  private heldByConsumers = 0;
  private publishing: { args: MethodArguments<"basic.publish">; header: ContentHeader | null; parts: Buffer[] } | null =
    null;

  constructor(id: number, connection: Connection, broker: Broker, vhost: VirtualHost, user: User) {
    this.id = id;
    this.connection = connection;
    this.broker = broker;
    this.vhost = vhost;
    this.user = user;
  }

  send<Name extends MethodName>(name: Name, args: MethodArguments<Name>): void {
    this.connection.send(this.id, name, args);
  }

  // ---- what arrives ----------------------------------------------------------------------------------------------

  method(method: Method): void {
    if (this.publishing) {
      throw new AmqpError("UNEXPECTED_FRAME", "expected content header for class 60, got method frame instead");
    }
    if (method.name === "basic.publish") {
      this.publishing = { args: method.args, header: null, parts: [] };
      return;
    }
    const handle = HANDLERS[method.name] as ((channel: Channel, args: Method["args"]) => void) | undefined;
    if (!handle) throw new AmqpError("COMMAND_INVALID", `unexpected method '${method.name}'`);
    handle(this, method.args);
    this.broker.settle();
  }

  header(header: ContentHeader): void {
    if (!this.publishing || this.publishing.header) {
      throw new AmqpError("UNEXPECTED_FRAME", "expected method frame, got non method frame instead");
    }
    this.publishing.header = header;
    this.publishIfComplete();
  }

  body(part: Buffer): void {
    if (!this.publishing?.header) {
      throw new AmqpError("UNEXPECTED_FRAME", "expected method frame, got non method frame instead");
    }
    this.publishing.parts.push(part);
    this.publishIfComplete();
  }

  private publishIfComplete(): void {
    const { args, header, parts } = this.publishing!;
    const received = parts.reduce((sum, part) => sum + part.length, 0);
    const { bodySize, properties } = header!;
    if (bodySize > MAX_MESSAGE_BYTES) {
      throw preconditionFailed(`message size ${bodySize} is larger than configured max size ${MAX_MESSAGE_BYTES}`);
    }
    if (received < bodySize) return;
    this.publishing = null;
    if (received > bodySize) throw new AmqpError("FRAME_ERROR", "a body is longer than its header says");
    publish(this, args, properties, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    this.broker.settle();
  }

  // ---- deliveries ------------------------------------------------------------------------------------------------

  get full(): boolean {
    if (this.connection.isCongested()) return true;
    return this.channelPrefetch > 0 && this.heldByConsumers >= this.channelPrefetch;
  }

  deliver(consumer: Consumer, queue: Queue, entry: Entry, content: Content): void {
    const deliveryTag = BigInt(this.nextTag);
    if (consumer.noAck) this.nextTag++;
    else this.hold({ queue, entry, consumer });
    this.connection.sendContent(
      this.id,
      "basic.deliver",
      {
        consumerTag: consumer.tag,
        deliveryTag,
        redelivered: entry.redelivered,
        exchange: content.exchange,
        routingKey: content.routingKeys[0]!,
      },
      deliveredProperties(queue, entry, content),
      content.body,
    );
  }

  /** Sends the answer to basic.get. */
  deliverFetched(queue: Queue, entry: Entry, content: Content, remaining: number, noAck: boolean): void {
    const deliveryTag = BigInt(this.nextTag);
    if (noAck) this.nextTag++;
    else this.hold({ queue, entry, consumer: null });
    this.connection.sendContent(
      this.id,
      "basic.get-ok",
      {
        deliveryTag,
        redelivered: entry.redelivered,
        exchange: content.exchange,
        routingKey: content.routingKeys[0]!,
        messageCount: remaining,
      },
      deliveredProperties(queue, entry, content),
      content.body,
    );
  }

  /** Delivers a message that was published to this channel's reply-to. */
  deliverReply(message: Message): void {
    this.connection.sendContent(
      this.id,
      "basic.deliver",
      {
        consumerTag: this.replyConsumer!.tag,
        deliveryTag: BigInt(this.nextTag++),
        redelivered: false,
        exchange: message.exchange,
        routingKey: message.routingKeys[0]!,
      },
      message.properties,
      message.body,
    );
  }

  private hold(item: Unacknowledged): void {
    this.unacknowledged.set(this.nextTag++, item);
    if (!item.consumer) return;
    item.consumer.unacknowledged++;
    this.heldByConsumers++;
  }

  cancelled(consumer: Consumer): void {
    this.consumers.delete(consumer.tag);
    if (this.connection.capability("consumer_cancel_notify")) {
      this.send("basic.cancel", { consumerTag: consumer.tag, noWait: true });
    }
  }

  /** The consumer ends; its messages stay unacknowledged. */
  removeConsumer(consumer: Consumer): void {
    const { queue } = consumer;
    this.consumers.delete(consumer.tag);
    queue.consumers.remove(consumer);
    queue.touch();
    if (queue.autoDelete && queue.consumers.count === 0) this.vhost.deleteQueue(queue);
    else queue.run();
  }

  // ---- acknowledgements --------------------------------------------------------------------------------------------

  /** Settles one message, or all up to it (0: all there are); in a transaction at its commit. */
  settle(tag: number, multiple: boolean, how: Settlement): void {
    const items = this.take(tag, multiple);
    if (this.transaction) this.transaction.settlements.push({ items, how });
    else this.apply(items, how);
  }

  private take(tag: number, multiple: boolean): [number, Unacknowledged][] {
    let taken: [number, Unacknowledged][];
    if (multiple && tag === 0) {
      taken = [...this.unacknowledged];
    } else {
      const last = this.unacknowledged.get(tag);
      if (!last) throw preconditionFailed(`unknown delivery tag ${tag}`);
      taken = [];
      if (!multiple) taken.push([tag, last]);
      else {
        for (const item of this.unacknowledged) {
          taken.push(item);
          if (item[0] === tag) break;
        }
      }
    }
    for (const [number] of taken) this.unacknowledged.delete(number);
    return taken;
  }

  /** As RabbitMQ does it: queue by queue in the order of names, and in each consumer by consumer. */
  private apply(items: readonly [number, Unacknowledged][], how: Settlement): void {
    const wasFull = this.full;
    for (const { queue, consumer, entries } of grouped(items)) {
      if (consumer) consumer.unacknowledged -= entries.length;
      if (!queue.deleted) queue.consumers.resume(this);
      if (how === "requeue") queue.requeue(entries);
      else for (const entry of entries) how === "ack" ? queue.acknowledge(entry) : queue.reject(entry);
      if (!queue.deleted) queue.run();
    }
    this.heldByConsumers -= items.filter(([, { consumer }]) => consumer !== null).length;
    if (wasFull && !this.full) this.resume();
  }

  /** It can take messages again. */
  resume(): void {
    for (const queue of new Set([...this.consumers.values()].map((consumer) => consumer.queue))) {
      if (queue.consumers.resume(this)) queue.run();
    }
  }

  /** Gives all unacknowledged messages back. */
  recover(): void {
    this.apply(this.take(0, true), "requeue");
  }

  // ---- transactions, confirms --------------------------------------------------------------------------------------

  /** Does something now, or at the transaction's commit. */
  atCommit(action: () => void): void {
    if (this.transaction) this.transaction.publishes.push(action);
    else action();
  }

  commit(): void {
    const { publishes, settlements } = this.requireTransaction();
    this.transaction = { publishes: [], settlements: [] };
    for (const publish of publishes) publish();
    for (const { items, how } of settlements) this.apply(items, how);
  }

  rollback(): void {
    const { settlements } = this.requireTransaction();
    this.transaction = { publishes: [], settlements: [] };
    const all = [...this.unacknowledged, ...settlements.flatMap(({ items }) => items)];
    this.unacknowledged.clear();
    for (const [tag, item] of all.sort(([a], [b]) => a - b)) this.unacknowledged.set(tag, item);
  }

  private requireTransaction(): Transaction {
    if (!this.transaction) throw preconditionFailed("channel is not transactional");
    return this.transaction;
  }

  /** Sends the confirms that have gathered: those of messages without a gap between them as one. */
  flushConfirms(): void {
    if (!this.confirms) return;
    const { acknowledged, refused } = this.confirms;
    this.confirms.acknowledged = [];
    this.confirms.refused = [];
    const [last, first] = [acknowledged.at(-1), acknowledged[0]];
    if (last !== undefined && last - first! + 1 === acknowledged.length && acknowledged.length > 1) {
      this.send("basic.ack", { deliveryTag: BigInt(last), multiple: !this.hasOpenBefore(first!, refused) });
      if (this.hasOpenBefore(first!, refused)) this.confirmEach(acknowledged.slice(0, -1));
    } else {
      this.confirmEach(acknowledged);
    }
    for (const tag of refused) this.send("basic.nack", { deliveryTag: BigInt(tag), multiple: false, requeue: false });
  }

  private hasOpenBefore(first: number, refused: readonly number[]): boolean {
    return refused.some((tag) => tag < first);
  }

  private confirmEach(tags: readonly number[]): void {
    for (const tag of tags) this.send("basic.ack", { deliveryTag: BigInt(tag), multiple: false });
  }

  // ---- names and rights --------------------------------------------------------------------------------------------

  /** The queue of that name, or the last one declared when it is empty. Throws unless this connection may use it. */
  queueNamed(name: string): Queue {
    const queue = this.vhost.queue(this.queueName(name));
    this.connection.assertMayUse(queue);
    return queue;
  }

  queueName(name: string): string {
    if (name !== "") return name;
    if (this.lastQueue === null) throw new AmqpError("NOT_FOUND", "no previously declared queue");
    return this.lastQueue;
  }

  may(action: "configure" | "write" | "read", kind: "queue" | "exchange", name: string): void {
    this.broker.access.check(this.user, this.vhost.name, kind, name, action);
  }

  // ---- the end -----------------------------------------------------------------------------------------------------

  /** Consumers end and unacknowledged messages go back. */
  close(): void {
    this.publishing = null;
    const queues = new Set<Queue>();
    for (const { queue } of this.consumers.values()) queues.add(queue);
    for (const consumer of this.consumers.values()) consumer.queue.consumers.remove(consumer);
    this.consumers.clear();
    for (const queue of queues) {
      queue.touch();
      if (queue.autoDelete && queue.consumers.count === 0) this.vhost.deleteQueue(queue);
    }
    if (this.transaction) this.rollback();
    this.transaction = null;
    this.recover();
    for (const queue of queues) if (!queue.deleted) queue.run();
    if (this.replyConsumer) this.broker.replyChannels.delete(this.replyConsumer.name);
    this.replyConsumer = null;
    this.broker.settle();
  }
}

interface Group {
  queue: Queue;
  consumer: Consumer | null;
  entries: Entry[];
}

function grouped(items: readonly [number, Unacknowledged][]): Group[] {
  const groups = new Map<string, Group>();
  for (const [, { queue, entry, consumer }] of items) {
    const key = `${queue.name}\0${consumer?.tag ?? ""}\0${queue.id}`;
    const group = groups.get(key) ?? { queue, consumer, entries: [] };
    groups.set(key, group);
    group.entries.push(entry);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** Quorum queues tell how often a message came back. */
function deliveredProperties(queue: Queue, entry: Entry, content: Content): Buffer {
  if (queue.settings.type !== "quorum") return content.properties;
  const properties = readProperties(content.properties);
  properties.headers = new Map(properties.headers ?? []).set("x-delivery-count", long(entry.returns));
  return writeProperties(properties);
}
