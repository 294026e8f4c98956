import { checkQueueArguments, type PolicyDefinition, type QueueSettings, queueSettings } from "./arguments";
import type { Policy } from "./definitions";
import { AmqpError, notFound, preconditionFailed } from "./errors";
import { type Binding, bindingId, checkHeadersBinding, Exchange, type ExchangeOptions } from "./exchange";
import { type Content, type DeathReason, deadLetter, isCycle, type Message, storedMessage } from "./message";
import { Queue, type Residence } from "./queue";
import { type Delayed, LONGEST_DELAYED_BODY, type Store, type StoredQueue } from "./store";
import type { Timers } from "./timers";
import { asText, type FieldTable, fromBinary, toBinary } from "./wire";

/** Exchanges that every virtual host has. */
const PREDECLARED: [string, ExchangeOptions["type"]][] = [
  ["", "direct"],
  ["amq.direct", "direct"],
  ["amq.fanout", "fanout"],
  ["amq.topic", "topic"],
  ["amq.headers", "headers"],
  ["amq.match", "headers"],
];

/** What the virtual hosts share. */
export interface Shared {
  readonly store: Store;
  readonly timers: Timers;
  readonly residence: Residence;
  /** Does something after the method that is being executed, as RabbitMQ's queues tell each other by messages. */
  defer(task: () => void): void;
  nextQueueId(): number;
  releaseQueueId(id: number): void;
  nextDelayedId(): number;
}

/** Exchanges, queues and bindings under one name. */
export class VirtualHost {
  readonly name: string;
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  readonly store: Store;
  readonly timers: Timers;
  readonly residence: Residence;
  private readonly shared: Shared;
  private readonly policies: { pattern: RegExp; appliesTo: string; definition: PolicyDefinition }[];

  constructor(name: string, shared: Shared, policies: readonly Policy[]) {
    this.name = name;
    this.shared = shared;
    this.store = shared.store;
    this.timers = shared.timers;
    this.residence = shared.residence;
    this.policies = policies
      .filter((policy) => toBinary(policy.vhost) === name)
      .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
      .map((policy) => ({
        pattern: new RegExp(policy.pattern, "u"),
        appliesTo: policy["apply-to"] ?? "all",
        definition: policy.definition,
      }));
    for (const [exchange, type] of PREDECLARED) {
      const options = { durable: true, autoDelete: false, internal: false, arguments: new Map() };
      this.exchanges.set(exchange, new Exchange({ name: exchange, type, ...options }));
    }
  }

  /** How errors speak of something here. */
  describe(kind: "queue" | "exchange", name: string): string {
    return `${kind} '${name}' in vhost '${this.name}'`;
  }

  exchange(name: string): Exchange {
    const exchange = this.exchanges.get(name);
    if (!exchange) throw notFound("exchange", name, this.name);
    return exchange;
  }

  queue(name: string): Queue {
    const queue = this.queues.get(name);
    if (!queue) throw notFound("queue", name, this.name);
    return queue;
  }

  // ---- exchanges -------------------------------------------------------------------------------------------------

  addExchange(options: ExchangeOptions): Exchange {
    const exchange = new Exchange(options);
    this.exchanges.set(options.name, exchange);
    if (options.durable) this.keepExchange(exchange);
    return exchange;
  }

  deleteExchange(exchange: Exchange): void {
    this.exchanges.delete(exchange.name);
    for (const binding of exchange.bindings.values()) this.forgetBinding(binding);
    if (exchange.stored) this.store.deleteExchange(this.name, exchange.name);
    this.removeBindingsTo(exchange);
  }

  private alternateOf(exchange: Exchange): Exchange | undefined {
    const policy = this.policyFor(exchange.name, "exchanges")["alternate-exchange"];
    const name = asText(exchange.arguments.get("alternate-exchange")) ?? policy;
    return typeof name === "string" ? this.exchanges.get(name) : undefined;
  }

  // ---- queues ----------------------------------------------------------------------------------------------------

  /** Throws for arguments that a queue cannot have. */
  addQueue(
    name: string,
    args: FieldTable,
    properties: { durable: boolean; autoDelete: boolean; owner: object | null },
  ): Queue {
    checkQueueArguments(this.describe("queue", name), args, { ...properties, exclusive: properties.owner !== null });
    const queue = new Queue(this, this.shared.nextQueueId(), name, args, this.settingsOf(name, args), properties);
    this.queues.set(name, queue);
    if (queue.durable && !queue.exclusive) this.keepQueue(queue);
    queue.watchUse();
    return queue;
  }

  /** Takes up a queue from the storage. */
  loadQueue(stored: StoredQueue): void {
    const settings = this.settingsOf(stored.name, stored.arguments);
    const queue = new Queue(this, stored.id, stored.name, stored.arguments, settings, { ...stored, owner: null });
    queue.stored = true;
    this.queues.set(stored.name, queue);
    queue.load(this.store.messages(stored.id), stored.delivered, stored.unusedSince);
  }

  deleteQueue(queue: Queue): void {
    this.queues.delete(queue.name);
    queue.close();
    if (queue.stored) this.store.deleteQueue(queue.id);
    this.shared.releaseQueueId(queue.id);
    this.removeBindingsTo(queue);
    for (const consumer of [...queue.consumers]) consumer.channel.cancelled(consumer);
  }

  private settingsOf(name: string, args: FieldTable): QueueSettings {
    return queueSettings(args, this.policyFor(name, "queues"));
  }

  private policyFor(name: string, kind: "queues" | "exchanges"): PolicyDefinition {
    const readable = fromBinary(name);
    const fits = (appliesTo: string) => appliesTo === "all" || appliesTo.endsWith(kind);
    return this.policies.find(({ pattern, appliesTo }) => fits(appliesTo) && pattern.test(readable))?.definition ?? {};
  }

  // ---- bindings --------------------------------------------------------------------------------------------------

  bind(source: Exchange, destination: Queue | Exchange, routingKey: string, args: FieldTable): void {
    if (source.routing === "headers") checkHeadersBinding(args);
    const id = bindingId(destination, routingKey, args);
    if (source.bindings.has(id)) return;
    const words = source.routing === "topic" ? routingKey.split(".") : [];
    const binding = { source, destination, routingKey, arguments: args, id, words, stored: false };
    source.add(binding);
    if (source.durable && destination.durable && !isExclusive(destination)) this.keepBinding(binding);
  }

  binding(source: Exchange, destination: Queue | Exchange, key: string, args: FieldTable): Binding | undefined {
    return source.bindings.get(bindingId(destination, key, args));
  }

  private removeBindingsTo(destination: Queue | Exchange): void {
    for (const exchange of [...this.exchanges.values()]) {
      for (const binding of [...exchange.bindings.values()]) {
        if (binding.destination === destination) this.removeBinding(binding);
      }
    }
  }

  /** Removes a binding, and with the last one an exchange that wants that. */
  removeBinding(binding: Binding): void {
    binding.source.remove(binding);
    this.forgetBinding(binding);
    const { source } = binding;
    const unused = source.autoDelete && source.bindings.size === 0 && this.exchanges.get(source.name) === source;
    if (unused) this.deleteExchange(source);
  }

  private forgetBinding(binding: Binding): void {
    if (binding.stored) this.store.deleteBinding(this.name, binding);
  }

  // ---- messages --------------------------------------------------------------------------------------------------

  /** The queues that a message gets into from an exchange, by way of other exchanges, too. */
  route(first: Exchange, message: Message): Set<Queue> {
    const queues = new Set<Queue>();
    const exchanges = new Set([first]);
    // A set may grow while it is gone through.
    for (const exchange of exchanges) {
      const targets = exchange.name === "" ? this.queuesNamed(message.routingKeys) : this.targets(exchange, message);
      for (const target of targets) {
        if (target.kind === "queue") queues.add(target);
        else exchanges.add(target);
      }
      const alternate = targets.length === 0 ? this.alternateOf(exchange) : undefined;
      if (alternate) exchanges.add(alternate);
    }
    return queues;
  }

  private queuesNamed(names: readonly string[]): Queue[] {
    return names.map((name) => this.queues.get(name)).filter((queue) => queue !== undefined);
  }

  private targets(exchange: Exchange, message: Message): (Queue | Exchange)[] {
    return [...exchange.matching(message)].map((binding) => binding.destination);
  }

  /** Sends a dead letter, if the queue has an exchange for it. */
  sendDeadLetter(queue: Queue, content: Content, reason: DeathReason): void {
    const { deadLetterExchange, deadLetterRoutingKey } = queue.settings;
    if (deadLetterExchange === undefined) return;
    this.shared.defer(() => {
      const exchange = this.exchanges.get(deadLetterExchange);
      // As in RabbitMQ, letters to an exchange that is not there are dropped.
      if (!exchange) return;
      const letter = deadLetter(content, queue.name, reason, exchange.name, deadLetterRoutingKey, Date.now());
      if (this.delay(exchange, letter)) return;
      for (const target of this.route(exchange, letter)) if (!isCycle(letter, target.name)) target.publish(letter);
    });
  }

  // ---- delayed exchanges -----------------------------------------------------------------------------------------

  /** Keeps a message back if the exchange is one that delays. */
  delay(exchange: Exchange, message: Message): boolean {
    const delay = exchange.delayOf(message);
    if (delay === 0) return false;
    if (message.body.length > LONGEST_DELAYED_BODY) {
      throw preconditionFailed(`a delayed message may have ${LONGEST_DELAYED_BODY} bytes`);
    }
    const delayed = { id: this.shared.nextDelayedId(), vhost: this.name, due: Date.now() + delay, content: message };
    this.store.saveDelayed(delayed);
    this.expectDelayed(delayed);
    return true;
  }

  /** Routes a message that was kept back when its time has come. */
  expectDelayed(delayed: Delayed): void {
    this.timers.set({}, delayed.due, () => {
      this.store.deleteDelayed(delayed.id);
      const exchange = this.exchanges.get(delayed.content.exchange);
      if (!exchange) return;
      const message = storedMessage(delayed.content);
      for (const queue of this.route(exchange, message)) queue.publish(message);
    });
  }

  // ---- storage ---------------------------------------------------------------------------------------------------

  /** Puts aside what is only in memory: the object may be evicted while nobody is connected. */
  storeAll(): void {
    for (const exchange of this.exchanges.values()) this.keepExchange(exchange);
    for (const queue of this.queues.values()) {
      this.keepQueue(queue);
      queue.store();
    }
    for (const exchange of this.exchanges.values()) {
      for (const binding of exchange.bindings.values()) this.keepBinding(binding);
    }
  }

  keepQueue(queue: Queue): void {
    if (queue.stored) return;
    const { id, name, durable, autoDelete, exclusive } = queue;
    this.store.saveQueue({ id, vhost: this.name, name, durable, autoDelete, exclusive, arguments: queue.arguments });
    queue.stored = true;
  }

  private keepExchange(exchange: Exchange): void {
    const predeclared = PREDECLARED.some(([name]) => name === exchange.name);
    if (exchange.stored || predeclared) return;
    this.store.saveExchange(this.name, exchange);
    exchange.stored = true;
  }

  private keepBinding(binding: Binding): void {
    if (binding.stored) return;
    this.store.saveBinding(this.name, binding);
    binding.stored = true;
  }

  /** Takes up an exchange or a binding from the storage. */
  loadExchange(options: ExchangeOptions): void {
    const exchange = new Exchange(options);
    exchange.stored = true;
    this.exchanges.set(options.name, exchange);
  }

  loadBinding(stored: {
    source: string;
    kind: string;
    destination: string;
    routingKey: string;
    arguments: FieldTable;
  }): void {
    const source = this.exchanges.get(stored.source);
    const destination = (stored.kind === "queue" ? this.queues : this.exchanges).get(stored.destination);
    if (!source || !destination) return;
    this.bind(source, destination, stored.routingKey, stored.arguments);
    const binding = this.binding(source, destination, stored.routingKey, stored.arguments);
    if (binding) binding.stored = true;
  }
}

function isExclusive(destination: Queue | Exchange): boolean {
  return destination.kind === "queue" && destination.exclusive;
}

/** The refusal of a queue that belongs to another connection. */
export function locked(where: string): AmqpError {
  return new AmqpError(
    "RESOURCE_LOCKED",
    `cannot obtain exclusive access to locked ${where}. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`,
  );
}
