/** A message as it was published, and how often it was already sent on as a dead letter. */
import { preconditionFailed } from "./errors";
import { type Properties, readProperties, writeProperties } from "./properties";
import { asNumber, asText, type FieldTable, type FieldValue, long, longString } from "./wire";

/** Longest time to live that RabbitMQ takes: ten years (ms). */
export const LONGEST_TTL_MS = 10 * 365 * 86_400_000;

const PERSISTENT = 2;

/** What is delivered. It is never changed: a dead letter is another message. */
export interface Content {
  /** The exchange it was published to. */
  readonly exchange: string;
  /** The routing key it was published with, then those of its CC and BCC headers. */
  readonly routingKeys: readonly string[];
  /** Flags and properties, as on the wire. */
  readonly properties: Buffer;
  readonly body: Buffer;
}

export interface Message extends Content {
  readonly persistent: boolean;
  readonly priority: number;
  /** Time to live of the message itself (ms). */
  readonly ttl: number | undefined;
  /** The headers, for exchanges that route by them. */
  readonly headers: FieldTable | undefined;
  /** Queues it has left as a dead letter; needed to end cycles. */
  readonly deaths: readonly FieldValue[];
}

/** Bytes that a message takes in memory and on disk. */
export function contentSize(content: Content): number {
  return content.properties.length + content.body.length;
}

/** A message from a client, whose properties `parsed` may have been changed: then they are written anew. */
export function publishedMessage(
  exchange: string,
  routingKey: string,
  parsed: Properties,
  original: Buffer | null,
  body: Buffer,
): Message {
  if (parsed.deliveryMode !== undefined && parsed.deliveryMode !== 1 && parsed.deliveryMode !== PERSISTENT) {
    throw preconditionFailed(`invalid message: {delivery_mode_unknown,${parsed.deliveryMode}}`);
  }
  const keys = [routingKey, ...headerKeys(parsed.headers, "CC"), ...headerKeys(parsed.headers, "BCC")];
  if (parsed.headers?.has("BCC")) {
    // Whoever gets the message must not see the blind copies.
    parsed.headers.delete("BCC");
    original = null;
  }
  return fromProperties(exchange, keys, parsed, original ?? writeProperties(parsed), body);
}

/** The message again that storage has kept as bytes. */
export function storedMessage(content: Content): Message {
  const { exchange, routingKeys, properties, body } = content;
  return fromProperties(exchange, routingKeys, readProperties(properties), properties, body);
}

/** The same message with other properties. */
export function withProperties(content: Content, properties: Properties, exchange: string, keys: string[]): Message {
  return fromProperties(exchange, keys, properties, writeProperties(properties), content.body);
}

function fromProperties(
  exchange: string,
  routingKeys: readonly string[],
  parsed: Properties,
  properties: Buffer,
  body: Buffer,
): Message {
  const deaths = parsed.headers?.get("x-death");
  return {
    exchange,
    routingKeys,
    properties,
    body,
    persistent: parsed.deliveryMode === PERSISTENT,
    priority: parsed.priority ?? 0,
    ttl: parsed.expiration === undefined ? undefined : parseExpiration(parsed.expiration),
    headers: parsed.headers,
    deaths: deaths?.type === "A" ? deaths.value : [],
  };
}

function headerKeys(headers: FieldTable | undefined, name: string): string[] {
  const field = headers?.get(name);
  if (field === undefined) return [];
  if (field.type !== "A") {
    throw preconditionFailed(`invalid message: {unacceptable_type_in_header,"${name}",${typeName(field)}}`);
  }
  return field.value.map(asText).filter((key) => key !== undefined);
}

/** The `expiration` property: a number of milliseconds as text. */
function parseExpiration(text: string): number {
  const refused = (why: string) => preconditionFailed(`invalid expiration '${text}': ${why}`);
  const [, digits, rest] = /^([+-]?\d+)?(.*)$/s.exec(text)!;
  if (digits === undefined) throw refused("no_integer");
  if (rest !== "") throw refused(`{leftover_string,"${rest}"}`);
  const value = Number(digits);
  if (value < 0) throw refused(`{value_negative,${value}}`);
  if (value > LONGEST_TTL_MS) throw refused(`{value_too_large,${digits}}`);
  return value;
}

/** The names Erlang's AMQP codec has for types: error texts contain them. */
const TYPE_NAMES: Record<FieldValue["type"], string> = {
  t: "bool",
  b: "byte",
  B: "unsignedbyte",
  s: "short",
  u: "unsignedshort",
  I: "signedint",
  i: "unsignedint",
  l: "long",
  T: "timestamp",
  f: "float",
  d: "double",
  D: "decimal",
  S: "longstr",
  x: "binary",
  A: "array",
  F: "table",
  V: "void",
};

export function typeName(field: FieldValue): string {
  return TYPE_NAMES[field.type];
}

/** Why a message left its queue by the back door. */
export type DeathReason = "rejected" | "expired" | "maxlen" | "delivery_limit";

/** The letter that goes to the dead-letter exchange. `key`: the queue's x-dead-letter-routing-key. */
export function deadLetter(
  content: Content,
  queue: string,
  reason: DeathReason,
  exchange: string,
  key: string | undefined,
  now: number,
): Message {
  const properties = readProperties(content.properties);
  const headers: FieldTable = new Map(properties.headers ?? []);
  const carbonCopies = headerKeys(headers, "CC");
  const death: [string, FieldValue][] = [
    ["count", long(1)],
    ["reason", longString(reason)],
    ["queue", longString(queue)],
    ["time", { type: "T", value: BigInt(Math.floor(now / 1000)) }],
    ["exchange", longString(content.exchange)],
    ["routing-keys", { type: "A", value: [content.routingKeys[0]!, ...carbonCopies].map(longString) }],
  ];
  if (properties.expiration !== undefined) death.push(["original-expiration", longString(properties.expiration)]);
  addDeath(headers, new Map(death));
  if (key !== undefined) headers.delete("CC");
  properties.headers = headers;
  // It would expire again at once.
  delete properties.expiration;
  return withProperties(content, properties, exchange, key === undefined ? [...content.routingKeys] : [key]);
}

/** Puts a death in front of the earlier ones; one of the same queue for the same reason is counted instead. */
function addDeath(headers: FieldTable, death: FieldTable): void {
  const earlier = headers.get("x-death");
  if (earlier?.type !== "A") {
    headers.set("x-death", { type: "A", value: [{ type: "F", value: death }] });
    for (const name of ["reason", "queue", "exchange"]) {
      if (!headers.has(`x-first-death-${name}`)) headers.set(`x-first-death-${name}`, death.get(name)!);
    }
    return;
  }
  const isSame = (field: FieldValue): boolean =>
    field.type === "F" &&
    ["queue", "reason"].every((name) => asText(field.value.get(name)) === asText(death.get(name)));
  const same = earlier.value.find(isSame);
  if (same?.type === "F") {
    const count = asNumber(same.value.get("count")) ?? 0;
    death = new Map(same.value).set("count", long(count + 1));
  }
  const others = earlier.value.filter((field) => !isSame(field));
  headers.set("x-death", { type: "A", value: [{ type: "F", value: death }, ...others] });
}

/**
 * Whether a dead letter has come round to a queue it died in already, without a consumer's rejection on the way. Such
 * letters are dropped: they would go round for ever.
 */
export function isCycle(message: Message, queue: string): boolean {
  const text = (field: FieldValue, name: string) => (field.type === "F" ? asText(field.value.get(name)) : undefined);
  const last = message.deaths.findIndex((death) => text(death, "queue") === queue);
  return last >= 0 && message.deaths.slice(0, last + 1).every((death) => text(death, "reason") !== "rejected");
}
