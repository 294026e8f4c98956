/** The methods of channels, but for basic.publish. */
import { randomBytes } from "node:crypto";
import { assertSameArguments, inequivalent, queueType } from "./arguments";
import type { Channel } from "./channel";
import type { Consumer } from "./consumers";
import { AmqpError, accessRefused, preconditionFailed } from "./errors";
import { type Exchange, isExchangeType } from "./exchange";
import { typeName } from "./message";
import type { MethodArguments, MethodName } from "./methods";
import { REPLY_TO } from "./publishing";
import type { Queue } from "./queue";
import { asNumber, type FieldTable } from "./wire";
import { locked } from "./vhost";

type Handlers = { [Name in MethodName]?: (channel: Channel, args: MethodArguments<Name>) => void };

export const HANDLERS: Handlers = {
  "channel.flow": (channel, { active }) => {
    if (!active) throw new AmqpError("NOT_IMPLEMENTED", "active=false");
    channel.send("channel.flow-ok", { active });
  },
  "access.request": (channel) => channel.send("access.request-ok", { ticket: 1 }),

  "exchange.declare": declareExchange,
  "exchange.delete": deleteExchange,
  "exchange.bind": (channel, args) => {
    const destination = { kind: "exchange", name: args.destination } as const;
    bind(channel, args.source, destination, args.routingKey, args.arguments);
    if (!args.noWait) channel.send("exchange.bind-ok", {});
  },
  "exchange.unbind": (channel, args) => {
    const destination = { kind: "exchange", name: args.destination } as const;
    unbind(channel, args.source, destination, args.routingKey, args.arguments);
    if (!args.noWait) channel.send("exchange.unbind-ok", {});
  },

  "queue.declare": declareQueue,
  "queue.delete": deleteQueue,
  "queue.bind": (channel, args) => {
    const name = channel.queueName(args.queue);
    const key = args.queue === "" && args.routingKey === "" ? name : args.routingKey;
    bind(channel, args.exchange, { kind: "queue", name }, key, args.arguments);
    if (!args.noWait) channel.send("queue.bind-ok", {});
  },
  "queue.unbind": (channel, args) => {
    const name = channel.queueName(args.queue);
    unbind(channel, args.exchange, { kind: "queue", name }, args.routingKey, args.arguments);
    channel.send("queue.unbind-ok", {});
  },
  "queue.purge": (channel, args) => {
    channel.may("read", "queue", channel.queueName(args.queue));
    const messageCount = channel.queueNamed(args.queue).purge();
    if (!args.noWait) channel.send("queue.purge-ok", { messageCount });
  },

  "basic.qos": setPrefetch,
  "basic.consume": consume,
  "basic.cancel": cancel,
  "basic.get": (channel, { queue: name, noAck }) => {
    channel.may("read", "queue", channel.queueName(name));
    const queue = channel.queueNamed(name);
    const got = queue.get(noAck);
    if (got) channel.deliverFetched(queue, got.entry, got.content, got.remaining, noAck);
    else channel.send("basic.get-empty", { reserved: "" });
  },
  "basic.ack": (channel, { deliveryTag, multiple }) => channel.settle(Number(deliveryTag), multiple, "ack"),
  "basic.nack": (channel, { deliveryTag, multiple, requeue }) =>
    channel.settle(Number(deliveryTag), multiple, requeue ? "requeue" : "reject"),
  "basic.reject": (channel, { deliveryTag, requeue }) =>
    channel.settle(Number(deliveryTag), false, requeue ? "requeue" : "reject"),
  "basic.recover": (channel, { requeue }) => {
    recover(channel, requeue);
    channel.send("basic.recover-ok", {});
  },
  "basic.recover-async": (channel, { requeue }) => recover(channel, requeue),

  "confirm.select": (channel, { noWait }) => {
    if (channel.transaction) throw preconditionFailed("cannot switch from tx to confirm mode");
    channel.confirms ??= { next: 1, acknowledged: [], refused: [] };
    if (!noWait) channel.send("confirm.select-ok", {});
  },
  "tx.select": (channel) => {
    if (channel.confirms) throw preconditionFailed("cannot switch from confirm to tx mode");
    channel.transaction ??= { publishes: [], settlements: [] };
    channel.send("tx.select-ok", {});
  },
  "tx.commit": (channel) => {
    channel.commit();
    channel.send("tx.commit-ok", {});
  },
  "tx.rollback": (channel) => {
    channel.rollback();
    channel.send("tx.rollback-ok", {});
  },
};

// ---- exchanges -----------------------------------------------------------------------------------------------------

function declareExchange(channel: Channel, args: MethodArguments<"exchange.declare">): void {
  const { vhost } = channel;
  const name = withoutLineBreaks(args.exchange);
  if (args.passive) {
    refuseDefaultExchange(name);
    vhost.exchange(name);
  } else {
    const { type } = args;
    if (!isExchangeType(type)) throw new AmqpError("COMMAND_INVALID", `unknown exchange type '${type}'`);
    refuseDefaultExchange(name);
    channel.may("configure", "exchange", name);
    const existing = vhost.exchanges.get(name);
    if (existing) assertSameExchange(vhost.describe("exchange", name), existing, args);
    else {
      refuseReserved("exchange", name);
      checkAlternate(channel, name, args.arguments);
      vhost.addExchange({ ...args, name, type });
    }
  }
  if (!args.noWait) channel.send("exchange.declare-ok", {});
}

function checkAlternate(channel: Channel, name: string, args: FieldTable): void {
  const alternate = args.get("alternate-exchange");
  if (alternate === undefined) return;
  if (alternate.type !== "S") {
    const where = channel.vhost.describe("exchange", name);
    throw preconditionFailed(`invalid type '${typeName(alternate)}' for arg 'alternate-exchange' in ${where}`);
  }
  channel.may("read", "exchange", name);
  channel.may("write", "exchange", alternate.value);
}

function assertSameExchange(where: string, existing: Exchange, args: MethodArguments<"exchange.declare">): void {
  const fields = [
    ["type", existing.type, args.type],
    ["durable", existing.durable, args.durable],
    ["auto_delete", existing.autoDelete, args.autoDelete],
    ["internal", existing.internal, args.internal],
  ] as const;
  for (const [name, current, received] of fields) {
    if (current !== received) throw inequivalent(name, where, `'${received}'`, `'${current}'`);
  }
  assertSameArguments(where, args.arguments, existing.arguments, ["alternate-exchange"]);
}

function deleteExchange(channel: Channel, args: MethodArguments<"exchange.delete">): void {
  const { vhost } = channel;
  const name = withoutLineBreaks(args.exchange);
  refuseDefaultExchange(name);
  if (name.startsWith("amq.")) {
    throw accessRefused(`deletion of system ${vhost.describe("exchange", name)} not allowed`);
  }
  channel.may("configure", "exchange", name);
  const exchange = vhost.exchanges.get(name);
  if (exchange && args.ifUnused && exchange.bindings.size > 0) {
    throw preconditionFailed(`${vhost.describe("exchange", name)} in use`);
  }
  if (exchange) vhost.deleteExchange(exchange);
  if (!args.noWait) channel.send("exchange.delete-ok", {});
}

interface Destination {
  kind: "queue" | "exchange";
  name: string;
}

function bind(channel: Channel, source: string, to: Destination, routingKey: string, args: FieldTable): void {
  const { vhost } = channel;
  refuseDefaultExchange(source);
  if (to.kind === "exchange") refuseDefaultExchange(to.name);
  channel.may("write", to.kind, to.name);
  channel.may("read", "exchange", source);
  const from = vhost.exchange(source);
  vhost.bind(from, to.kind === "queue" ? channel.queueNamed(to.name) : vhost.exchange(to.name), routingKey, args);
}

function unbind(channel: Channel, source: string, to: Destination, routingKey: string, args: FieldTable): void {
  const { vhost } = channel;
  refuseDefaultExchange(source);
  if (to.kind === "exchange") refuseDefaultExchange(to.name);
  channel.may("write", to.kind, to.name);
  channel.may("read", "exchange", source);
  const from = vhost.exchanges.get(source);
  const destination = to.kind === "queue" ? vhost.queues.get(to.name) : vhost.exchanges.get(to.name);
  const binding = from && destination && vhost.binding(from, destination, routingKey, args);
  // What is not there is unbound already: whose queue it is does not matter then.
  if (!binding) return;
  if (destination.kind === "queue") channel.connection.assertMayUse(destination);
  vhost.removeBinding(binding);
}

function refuseDefaultExchange(name: string): void {
  if (name === "") throw accessRefused("operation not permitted on the default exchange");
}

function refuseReserved(kind: "queue" | "exchange", name: string): void {
  if (name.startsWith("amq.")) throw accessRefused(`${kind} name '${name}' contains reserved prefix 'amq.*'`);
}

/** RabbitMQ takes line breaks out of names. */
function withoutLineBreaks(name: string): string {
  return name.replace(/[\r\n]/g, "");
}

// ---- queues --------------------------------------------------------------------------------------------------------

function declareQueue(channel: Channel, args: MethodArguments<"queue.declare">): void {
  const name = withoutLineBreaks(args.queue);
  const replies = declaredReplies(channel, name);
  if (replies) {
    if (!args.noWait) channel.send("queue.declare-ok", replies);
    return;
  }
  const queue = args.passive ? channel.queueNamed(args.queue) : declared(channel, name, args);
  queue.touch();
  channel.lastQueue = queue.name;
  queue.dropExpired();
  if (args.noWait) return;
  const { name: queueName, readyCount: messageCount, consumers } = queue;
  channel.send("queue.declare-ok", { queue: queueName, messageCount, consumerCount: consumers.count });
}

function declared(channel: Channel, wanted: string, args: MethodArguments<"queue.declare">): Queue {
  const { vhost, connection } = channel;
  const name = wanted === "" ? generatedName("amq.gen-") : wanted;
  channel.may("configure", "queue", name);
  const owner = args.exclusive ? connection : null;
  const existing = vhost.queues.get(name);
  const where = vhost.describe("queue", name);
  if (existing) {
    if (existing.owner !== owner) throw locked(where);
    for (const [field, current, received] of [
      ["durable", existing.durable, args.durable],
      ["auto_delete", existing.autoDelete, args.autoDelete],
    ] as const) {
      if (current !== received) throw inequivalent(field, where, `'${received}'`, `'${current}'`);
    }
    assertSameArguments(where, args.arguments, existing.arguments);
    return existing;
  }
  if (wanted === "" && queueType(args.arguments) === "quorum") {
    throw preconditionFailed("Cannot declare a server-named queue for type rabbit_quorum_queue");
  }
  if (wanted !== "") refuseReserved("queue", name);
  const queue = vhost.addQueue(name, args.arguments, { durable: args.durable, autoDelete: args.autoDelete, owner });
  if (owner) connection.exclusiveQueues.add(queue);
  return queue;
}

/** The answer for the pseudo-queue of direct replies. */
function declaredReplies(channel: Channel, name: string): MethodArguments<"queue.declare-ok"> | null {
  if (name !== REPLY_TO && !name.startsWith(`${REPLY_TO}.`)) return null;
  const exists = name === REPLY_TO ? true : channel.broker.replyChannels.has(name);
  if (!exists) channel.vhost.queue(name);
  return { queue: name, messageCount: 0, consumerCount: 1 };
}

function deleteQueue(channel: Channel, args: MethodArguments<"queue.delete">): void {
  const { vhost } = channel;
  const name = channel.queueName(args.queue);
  channel.may("configure", "queue", name);
  const queue = vhost.queues.get(name);
  let messageCount = 0;
  if (queue) {
    channel.connection.assertMayUse(queue);
    if (args.ifUnused && queue.consumers.count > 0) throw preconditionFailed(`${vhost.describe("queue", name)} in use`);
    if (args.ifEmpty && queue.readyCount > 0) throw preconditionFailed(`${vhost.describe("queue", name)} not empty`);
    messageCount = queue.readyCount;
    vhost.deleteQueue(queue);
  }
  if (!args.noWait) channel.send("queue.delete-ok", { messageCount });
}

// ---- consumers -----------------------------------------------------------------------------------------------------

function setPrefetch(channel: Channel, { prefetchSize, prefetchCount, global }: MethodArguments<"basic.qos">): void {
  if (prefetchSize !== 0) throw new AmqpError("NOT_IMPLEMENTED", `prefetch_size!=0 (${prefetchSize})`);
  if (global) channel.channelPrefetch = prefetchCount;
  else channel.consumerPrefetch = prefetchCount;
  channel.send("basic.qos-ok", {});
  if (global) channel.resume();
}

function consume(channel: Channel, args: MethodArguments<"basic.consume">): void {
  const tag = args.consumerTag === "" ? generatedName("amq.ctag-") : args.consumerTag;
  if (args.queue === REPLY_TO) return consumeReplies(channel, tag, args);
  if (channel.consumers.has(tag) || channel.replyConsumer?.tag === tag) {
    throw new AmqpError("NOT_ALLOWED", `attempt to reuse consumer tag '${tag}'`);
  }
  const name = channel.queueName(args.queue);
  channel.may("read", "queue", name);
  const queue = channel.queueNamed(name);
  const where = channel.vhost.describe("queue", name);
  const priority = args.arguments.get("x-priority");
  if (priority !== undefined && asNumber(priority) === undefined) {
    throw preconditionFailed(`invalid arg 'x-priority' for ${where}: "expected integer, got ${typeName(priority)}"`);
  }
  if (queue.settings.type === "quorum" && channel.channelPrefetch > 0) {
    throw new AmqpError("NOT_IMPLEMENTED", `${where} does not support global qos`);
  }
  const mayBeExclusive = queue.consumers.count === 0 && !queue.settings.singleActiveConsumer;
  if (queue.consumers.exclusive || (args.exclusive && !mayBeExclusive)) {
    throw accessRefused(`${where} in exclusive use`);
  }
  const consumer: Consumer = {
    tag,
    channel,
    queue,
    noAck: args.noAck,
    exclusive: args.exclusive,
    priority: asNumber(priority) ?? 0,
    arguments: args.arguments,
    prefetch: channel.consumerPrefetch,
    unacknowledged: 0,
  };
  channel.consumers.set(tag, consumer);
  if (!args.noWait) channel.send("basic.consume-ok", { consumerTag: tag });
  queue.consumers.add(consumer);
  queue.touch();
  queue.run();
}

/** A consumer of direct replies: messages to it go past all queues. */
function consumeReplies(channel: Channel, tag: string, args: MethodArguments<"basic.consume">): void {
  if (!args.noAck) throw preconditionFailed("reply consumer cannot acknowledge");
  if (channel.replyConsumer) throw preconditionFailed("reply consumer already set");
  const name = generatedName(`${REPLY_TO}.`);
  channel.replyConsumer = { tag, name };
  channel.broker.replyChannels.set(name, channel);
  if (!args.noWait) channel.send("basic.consume-ok", { consumerTag: tag });
}

function cancel(channel: Channel, { consumerTag, noWait }: MethodArguments<"basic.cancel">): void {
  const consumer = channel.consumers.get(consumerTag);
  if (consumer) channel.removeConsumer(consumer);
  if (channel.replyConsumer?.tag === consumerTag) {
    channel.broker.replyChannels.delete(channel.replyConsumer.name);
    channel.replyConsumer = null;
  }
  if (!noWait) channel.send("basic.cancel-ok", { consumerTag });
}

function recover(channel: Channel, requeue: boolean): void {
  if (!requeue) throw new AmqpError("NOT_IMPLEMENTED", "requeue=false");
  channel.recover();
}

function generatedName(prefix: string): string {
  return prefix + randomBytes(16).toString("base64url");
}
