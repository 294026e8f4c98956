/** basic.publish: where a message goes, and what the publisher is told. */
import type { Channel } from "./channel";
import { AmqpError, accessRefused, preconditionFailed } from "./errors";
import type { Exchange } from "./exchange";
import { type Message, publishedMessage } from "./message";
import type { MethodArguments } from "./methods";
import { readProperties } from "./properties";
import { toBinary } from "./wire";

/** The queue name, and the beginning of routing keys, of replies that need no queue. */
export const REPLY_TO = "amq.rabbitmq.reply-to";

const NO_ROUTE = 312;

export function publish(
  channel: Channel,
  args: MethodArguments<"basic.publish">,
  properties: Buffer,
  body: Buffer,
): void {
  if (args.immediate) throw new AmqpError("NOT_IMPLEMENTED", "immediate=true");
  channel.may("write", "exchange", args.exchange);
  const exchange = channel.vhost.exchange(args.exchange);
  if (exchange.internal) {
    throw accessRefused(`cannot publish to internal ${channel.vhost.describe("exchange", exchange.name)}`);
  }
  const message = readMessage(channel, args, properties, body);
  channel.broker.assertRoom();
  const number = channel.confirms ? channel.confirms.next++ : undefined;
  const queues = channel.vhost.route(exchange, message);
  channel.atCommit(() => {
    const refused = deliver(channel, exchange, message, queues, args.mandatory);
    if (number === undefined) return;
    (refused ? channel.confirms!.refused : channel.confirms!.acknowledged).push(number);
  });
}

function readMessage(
  channel: Channel,
  args: MethodArguments<"basic.publish">,
  properties: Buffer,
  body: Buffer,
): Message {
  const parsed = readProperties(properties);
  if (parsed.userId !== undefined && parsed.userId !== toBinary(channel.user.name)) {
    throw preconditionFailed(
      `user_id property set to '${parsed.userId}' but authenticated user was '${toBinary(channel.user.name)}'`,
    );
  }
  let original: Buffer | null = properties;
  if (parsed.replyTo === REPLY_TO) {
    if (!channel.replyConsumer) throw preconditionFailed("fast reply consumer does not exist");
    parsed.replyTo = channel.replyConsumer.name;
    original = null;
  }
  return publishedMessage(args.exchange, args.routingKey, parsed, original, body);
}

/** Gives a message to its queues; returns whether one of them refused it. */
function deliver(
  channel: Channel,
  exchange: Exchange,
  message: Message,
  queues: ReturnType<Channel["vhost"]["route"]>,
  mandatory: boolean,
): boolean {
  const key = message.routingKeys[0]!;
  const replyChannel = exchange.name === "" ? channel.broker.replyChannels.get(key) : undefined;
  if (replyChannel) {
    replyChannel.deliverReply(message);
    return false;
  }
  if (channel.vhost.delay(exchange, message)) return false;
  let refused = false;
  let routed = false;
  for (const queue of queues) {
    if (queue.deleted) continue;
    routed = true;
    if (queue.publish(message) === "refused") refused = true;
  }
  if (!routed && mandatory) {
    const text = { code: NO_ROUTE, text: "NO_ROUTE", exchange: message.exchange, routingKey: key };
    channel.connection.sendContent(channel.id, "basic.return", text, message.properties, message.body);
  }
  return refused;
}
