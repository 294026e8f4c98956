/** Exchanges and how each type finds its targets. */
import { preconditionFailed } from "./errors";
import { type Message, typeName } from "./message";
import type { Queue } from "./queue";
import { asNumber, asText, type FieldTable, type FieldValue, Writer } from "./wire";

const TYPES = ["direct", "fanout", "topic", "headers", "x-delayed-message"] as const;
export type ExchangeType = (typeof TYPES)[number];
/** How messages are routed: that of the type, or what a delayed exchange does when the time has come. */
export type Routing = Exclude<ExchangeType, "x-delayed-message">;

export function isExchangeType(type: string): type is ExchangeType {
  return (TYPES as readonly string[]).includes(type);
}

export interface ExchangeOptions {
  name: string;
  type: ExchangeType;
  durable: boolean;
  autoDelete: boolean;
  internal: boolean;
  arguments: FieldTable;
}

export interface Binding {
  readonly source: Exchange;
  readonly destination: Queue | Exchange;
  readonly routingKey: string;
  readonly arguments: FieldTable;
  /** Tells bindings apart. */
  readonly id: string;
  /** Topic exchanges: the words of the pattern. */
  readonly words: readonly string[];
  stored: boolean;
}

export class Exchange implements ExchangeOptions {
  readonly kind = "exchange";
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
  readonly routing: Routing;
  stored = false;
  /** By their id. */
  readonly bindings = new Map<string, Binding>();
  /** Direct exchanges: the bindings of a key. */
  private readonly byKey = new Map<string, Set<Binding>>();

  constructor(options: ExchangeOptions) {
    this.name = options.name;
    this.type = options.type;
    this.durable = options.durable;
    this.autoDelete = options.autoDelete;
    this.internal = options.internal;
    this.arguments = options.arguments;
    this.routing = options.type === "x-delayed-message" ? delayedType(options.arguments) : options.type;
  }

  add(binding: Binding): void {
    this.bindings.set(binding.id, binding);
    const same = this.byKey.get(binding.routingKey) ?? new Set();
    this.byKey.set(binding.routingKey, same.add(binding));
  }

  remove(binding: Binding): void {
    this.bindings.delete(binding.id);
    const same = this.byKey.get(binding.routingKey);
    same?.delete(binding);
    if (same?.size === 0) this.byKey.delete(binding.routingKey);
  }

  /** The bindings that a message with these keys goes along. */
  *matching(message: Message): Iterable<Binding> {
    switch (this.routing) {
      case "direct":
        for (const key of message.routingKeys) yield* this.byKey.get(key) ?? [];
        break;
      case "fanout":
        yield* this.bindings.values();
        break;
      case "topic":
        for (const key of message.routingKeys) {
          const words = key.split(".");
          for (const binding of this.bindings.values()) if (topicMatches(binding.words, words)) yield binding;
        }
        break;
      case "headers":
        for (const binding of this.bindings.values()) {
          if (headersMatch(binding.arguments, message.headers ?? new Map())) yield binding;
        }
        break;
    }
  }

  /** How long a message waits here (ms): delayed exchanges only. */
  delayOf(message: Message): number {
    return this.type === "x-delayed-message" ? Math.max(asNumber(message.headers?.get("x-delay")) ?? 0, 0) : 0;
  }
}

function delayedType(args: FieldTable): Routing {
  const type = asText(args.get("x-delayed-type"));
  if (type === undefined || !isExchangeType(type) || type === "x-delayed-message") {
    throw preconditionFailed("Invalid argument, 'x-delayed-type' must be an existing exchange type");
  }
  return type;
}

export function bindingId(destination: Queue | Exchange, routingKey: string, args: FieldTable): string {
  const encoded = new Writer().table(args).finish().toString("latin1");
  return [destination.kind, destination.name, routingKey, encoded].join("\0");
}

/** `*` stands for one word, `#` for any number. */
export function topicMatches(pattern: readonly string[], words: readonly string[], p = 0, w = 0): boolean {
  for (; p < pattern.length; p++, w++) {
    if (pattern[p] === "#") {
      if (p === pattern.length - 1) return true;
      for (let rest = w; rest <= words.length; rest++) if (topicMatches(pattern, words, p + 1, rest)) return true;
      return false;
    }
    if (w >= words.length || (pattern[p] !== "*" && pattern[p] !== words[w])) return false;
  }
  return w === words.length;
}

const MATCHES = ["all", "any", "all-with-x", "any-with-x"];

/** Throws for arguments with which nothing can be bound to a headers exchange. */
export function checkHeadersBinding(args: FieldTable): void {
  const match = args.get("x-match");
  if (match === undefined) return;
  if (match.type !== "S") {
    throw preconditionFailed(
      `Invalid x-match field type ${typeName(match)} (value ${String(match.value)}); expected longstr`,
    );
  }
  if (!MATCHES.includes(match.value)) {
    throw preconditionFailed(
      `Invalid x-match field value <<"${match.value}">>; expected all, any, all-with-x, or any-with-x`,
    );
  }
}

function headersMatch(wanted: FieldTable, headers: FieldTable): boolean {
  const match = asText(wanted.get("x-match")) ?? "all";
  const names = [...wanted.keys()].filter(
    (name) => name !== "x-match" && (match.endsWith("-x") || !name.startsWith("x-")),
  );
  const fits = (name: string): boolean => {
    const [pattern, value] = [wanted.get(name)!, headers.get(name)];
    return value !== undefined && (pattern.type === "V" || sameField(pattern, value));
  };
  return match.startsWith("any") ? names.some(fits) : names.every(fits);
}

function sameField(a: FieldValue, b: FieldValue): boolean {
  if (typeof a.value !== "object" || a.value === null) return a.type === b.type && a.value === b.value;
  const encode = (field: FieldValue) => new Writer().table(new Map([["", field]])).finish();
  return encode(a).equals(encode(b));
}
