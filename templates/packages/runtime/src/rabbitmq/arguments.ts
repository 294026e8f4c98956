/** The arguments of queues: what they mean, which are refused, and with which words. */
import { AmqpError, preconditionFailed } from "./errors";
import { LONGEST_TTL_MS, typeName } from "./message";
import { asNumber, asText, type FieldTable, type FieldValue } from "./wire";

/** What arguments and policy make of a queue. */
export interface QueueSettings {
  type: "classic" | "quorum";
  /** Time to live of its messages (ms). */
  messageTtl?: number;
  /** The queue is deleted when unused for so long (ms). */
  expires?: number;
  maxLength?: number;
  maxLengthBytes?: number;
  overflow: "drop-head" | "reject-publish" | "reject-publish-dlx";
  deadLetterExchange?: string;
  deadLetterRoutingKey?: string;
  /** Undefined: a queue without priorities. */
  maxPriority?: number;
  singleActiveConsumer: boolean;
  /** How often a quorum queue's message is delivered again. */
  deliveryLimit?: number;
}

/** Why a value is refused, or undefined when it is fine. */
type Check = (value: FieldValue, args: FieldTable) => string | undefined;

const integer: Check = (value) => {
  const number = asNumber(value);
  if (number === undefined) return `"expected integer, got ${typeName(value)}"`;
  return number < 0 ? `{value_negative,${number}}` : undefined;
};

const duration: Check = (value, args) =>
  integer(value, args) ?? (asNumber(value)! > LONGEST_TTL_MS ? `{value_too_large,${asNumber(value)}}` : undefined);

const text: Check = (value) => (value.type === "S" ? undefined : `{unacceptable_type,${typeName(value)}}`);

const oneOf =
  (choices: string[], refusal: (value: string) => string): Check =>
  (value, args) =>
    text(value, args) ?? (choices.includes(value.value as string) ? undefined : refusal(value.value as string));

const anything: Check = () => undefined;

/** In the order in which RabbitMQ looks at them. */
const CHECKS: Record<string, Check> = {
  "x-expires": (value, args) => duration(value, args) ?? (asNumber(value) === 0 ? "{value_zero,0}" : undefined),
  "x-message-ttl": duration,
  "x-dead-letter-exchange": anything,
  "x-dead-letter-routing-key": (value, args) =>
    text(value, args) ?? (args.has("x-dead-letter-exchange") ? undefined : "routing_key_but_no_dlx_defined"),
  "x-max-length": integer,
  "x-max-length-bytes": integer,
  "x-max-priority": (value, args) =>
    integer(value, args) ?? (asNumber(value)! > 255 ? `{max_value_exceeded,${asNumber(value)}}` : undefined),
  "x-overflow": oneOf(["drop-head", "reject-publish", "reject-publish-dlx"], () => "invalid_overflow"),
  "x-queue-mode": oneOf(["default", "lazy"], (value) => `"unsupported queue mode '${value}'"`),
  "x-queue-version": (value, args) =>
    integer(value, args) ??
    ([1, 2].includes(asNumber(value)!) ? undefined : `"unsupported queue version '${asNumber(value)}'"`),
  "x-single-active-consumer": (value) => (value.type === "t" ? undefined : `{unacceptable_type,${typeName(value)}}`),
  "x-queue-type": oneOf(["classic", "quorum", "stream"], (value) => `"unsupported queue type '${value}'"`),
  "x-delivery-limit": anything,
};

/** Arguments that queues of the other type do not have. */
const ONLY_CLASSIC = ["x-max-priority", "x-queue-mode", "x-queue-version", "x-queue-master-locator"];
const ONLY_QUORUM = [
  "x-delivery-limit",
  "x-max-in-memory-length",
  "x-max-in-memory-bytes",
  "x-quorum-initial-group-size",
  "x-dead-letter-strategy",
];

export interface QueueProperties {
  durable: boolean;
  exclusive: boolean;
  autoDelete: boolean;
}

/** Throws when a queue of these arguments cannot be. `where` is "queue 'name' in vhost '/'". */
export function checkQueueArguments(where: string, args: FieldTable, properties: QueueProperties): void {
  const exchange = args.get("x-dead-letter-exchange");
  if (exchange !== undefined && exchange.type !== "S") {
    const [kind, rest] = [where.slice(0, where.indexOf(" ")), where.slice(where.indexOf(" "))];
    throw preconditionFailed(`invalid type '${typeName(exchange)}' for arg 'x-dead-letter-exchange' in ${kind}${rest}`);
  }
  for (const [name, check] of Object.entries(CHECKS)) {
    const value = args.get(name);
    const refusal = value === undefined ? undefined : check(value, args);
    if (refusal !== undefined) throw preconditionFailed(`invalid arg '${name}' for ${where}: ${refusal}`);
  }
  const type = queueType(args);
  if (type === "stream") {
    throw preconditionFailed(
      `invalid arg 'x-queue-type' for ${where}: streams are not available in this broker, a Durable Object; use a quorum or a classic queue`,
    );
  }
  const foreign = type === "quorum" ? ONLY_CLASSIC : ONLY_QUORUM;
  for (const name of foreign.filter((name) => args.has(name))) {
    throw preconditionFailed(`invalid arg '${name}' for ${where} of queue type rabbit_${type}_queue`);
  }
  if (type !== "quorum") return;
  const misfit = !properties.durable
    ? "non-durable"
    : properties.autoDelete
      ? "auto-delete"
      : properties.exclusive
        ? "exclusive-owner"
        : undefined;
  if (misfit !== undefined) throw preconditionFailed(`invalid property '${misfit}' for ${where}`);
}

export function queueType(args: FieldTable): "classic" | "quorum" | "stream" {
  return (asText(args.get("x-queue-type")) ?? "classic") as "classic" | "quorum" | "stream";
}

/** Keys whose values must be those of the existing queue, in RabbitMQ's order. */
const COMPARED = [...Object.keys(CHECKS).filter((name) => name !== "x-queue-type"), "x-queue-type"];

/** Throws when a queue is declared again with other arguments. */
export function assertSameArguments(where: string, received: FieldTable, current: FieldTable, keys = COMPARED): void {
  for (const key of keys) {
    const [ours, theirs] = [current.get(key), received.get(key)].map((field) => field && plainValue(field));
    const standsForAbsent = key === "x-queue-type" ? "classic" : undefined;
    if ((ours ?? standsForAbsent) === (theirs ?? standsForAbsent) && sameKind(current.get(key), received.get(key))) {
      continue;
    }
    const describe = (field: FieldValue | undefined): string => {
      if (field === undefined) return "none";
      const both = ours !== undefined && theirs !== undefined;
      return both ? `'${plainValue(field)}'` : `the value '${plainValue(field)}' of type '${typeName(field)}'`;
    };
    throw inequivalent(key, where, describe(received.get(key)), describe(current.get(key)));
  }
}

export function inequivalent(key: string, where: string, received: string, current: string): AmqpError {
  return preconditionFailed(`inequivalent arg '${key}' for ${where}: received ${received} but current is ${current}`);
}

/** Numbers of any width are alike; a number and a text are not. */
function sameKind(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return a.type === b.type || (asNumber(a) !== undefined && asNumber(b) !== undefined);
}

function plainValue(field: FieldValue): string {
  return String(field.value);
}

/** What a policy sets, under the names that definitions use: `message-ttl`, `dead-letter-exchange`, … */
export type PolicyDefinition = Record<string, unknown>;

/** The arguments with the policy behind them. Where both limit something, the lower value counts, as in RabbitMQ. */
export function queueSettings(args: FieldTable, policy: PolicyDefinition): QueueSettings {
  const number = (name: string): number | undefined => {
    const values = [asNumber(args.get(`x-${name}`)), policy[name]].filter((value) => typeof value === "number");
    return values.length === 0 ? undefined : Math.min(...(values as number[]));
  };
  const string = (name: string): string | undefined =>
    asText(args.get(`x-${name}`)) ?? (typeof policy[name] === "string" ? policy[name] : undefined);
  const settings: Record<string, unknown> = {
    type: queueType(args),
    messageTtl: number("message-ttl"),
    expires: number("expires"),
    maxLength: number("max-length"),
    maxLengthBytes: number("max-length-bytes"),
    overflow: string("overflow") ?? "drop-head",
    deadLetterExchange: string("dead-letter-exchange"),
    deadLetterRoutingKey: string("dead-letter-routing-key"),
    // A queue with priorities is made as one: a policy cannot turn it into one.
    maxPriority: asNumber(args.get("x-max-priority")) || undefined,
    singleActiveConsumer: args.get("x-single-active-consumer")?.value === true,
    deliveryLimit: number("delivery-limit"),
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as unknown as QueueSettings;
}
