/** The methods of AMQP 0-9-1 with RabbitMQ's extensions: their numbers and arguments, and how these are read and written. */
import { AmqpError } from "./errors";
import { type FieldTable, Reader, Writer } from "./wire";

/** What an argument is in TypeScript, by its type on the wire. */
interface ArgumentTypes {
  octet: number;
  short: number;
  long: number;
  longlong: bigint;
  shortstr: string;
  longstr: string;
  bit: boolean;
  table: FieldTable;
}

type ArgumentType = keyof ArgumentTypes;
interface MethodShape {
  id: readonly [number, number];
  fields: Readonly<Record<string, ArgumentType>>;
}

/** Fields stand in the order of the wire. `ticket` and `reserved` are what older versions of AMQP used. */
const METHODS = {
  "connection.start": {
    id: [10, 10],
    fields: { major: "octet", minor: "octet", serverProperties: "table", mechanisms: "longstr", locales: "longstr" },
  },
  "connection.start-ok": {
    id: [10, 11],
    fields: { clientProperties: "table", mechanism: "shortstr", response: "longstr", locale: "shortstr" },
  },
  "connection.secure": { id: [10, 20], fields: { challenge: "longstr" } },
  "connection.secure-ok": { id: [10, 21], fields: { response: "longstr" } },
  "connection.tune": { id: [10, 30], fields: { channelMax: "short", frameMax: "long", heartbeat: "short" } },
  "connection.tune-ok": { id: [10, 31], fields: { channelMax: "short", frameMax: "long", heartbeat: "short" } },
  "connection.open": { id: [10, 40], fields: { vhost: "shortstr", reserved1: "shortstr", reserved2: "bit" } },
  "connection.open-ok": { id: [10, 41], fields: { reserved: "shortstr" } },
  "connection.close": {
    id: [10, 50],
    fields: { code: "short", text: "shortstr", classId: "short", methodId: "short" },
  },
  "connection.close-ok": { id: [10, 51], fields: {} },
  "connection.blocked": { id: [10, 60], fields: { reason: "shortstr" } },
  "connection.unblocked": { id: [10, 61], fields: {} },
  "connection.update-secret": { id: [10, 70], fields: { secret: "longstr", reason: "shortstr" } },
  "connection.update-secret-ok": { id: [10, 71], fields: {} },

  "channel.open": { id: [20, 10], fields: { reserved: "shortstr" } },
  "channel.open-ok": { id: [20, 11], fields: { reserved: "longstr" } },
  "channel.flow": { id: [20, 20], fields: { active: "bit" } },
  "channel.flow-ok": { id: [20, 21], fields: { active: "bit" } },
  "channel.close": { id: [20, 40], fields: { code: "short", text: "shortstr", classId: "short", methodId: "short" } },
  "channel.close-ok": { id: [20, 41], fields: {} },

  "access.request": {
    id: [30, 10],
    fields: { realm: "shortstr", exclusive: "bit", passive: "bit", active: "bit", write: "bit", read: "bit" },
  },
  "access.request-ok": { id: [30, 11], fields: { ticket: "short" } },

  "exchange.declare": {
    id: [40, 10],
    fields: {
      ticket: "short",
      exchange: "shortstr",
      type: "shortstr",
      passive: "bit",
      durable: "bit",
      autoDelete: "bit",
      internal: "bit",
      noWait: "bit",
      arguments: "table",
    },
  },
  "exchange.declare-ok": { id: [40, 11], fields: {} },
  "exchange.delete": {
    id: [40, 20],
    fields: { ticket: "short", exchange: "shortstr", ifUnused: "bit", noWait: "bit" },
  },
  "exchange.delete-ok": { id: [40, 21], fields: {} },
  "exchange.bind": {
    id: [40, 30],
    fields: {
      ticket: "short",
      destination: "shortstr",
      source: "shortstr",
      routingKey: "shortstr",
      noWait: "bit",
      arguments: "table",
    },
  },
  "exchange.bind-ok": { id: [40, 31], fields: {} },
  "exchange.unbind": {
    id: [40, 40],
    fields: {
      ticket: "short",
      destination: "shortstr",
      source: "shortstr",
      routingKey: "shortstr",
      noWait: "bit",
      arguments: "table",
    },
  },
  "exchange.unbind-ok": { id: [40, 51], fields: {} },

  "queue.declare": {
    id: [50, 10],
    fields: {
      ticket: "short",
      queue: "shortstr",
      passive: "bit",
      durable: "bit",
      exclusive: "bit",
      autoDelete: "bit",
      noWait: "bit",
      arguments: "table",
    },
  },
  "queue.declare-ok": { id: [50, 11], fields: { queue: "shortstr", messageCount: "long", consumerCount: "long" } },
  "queue.bind": {
    id: [50, 20],
    fields: {
      ticket: "short",
      queue: "shortstr",
      exchange: "shortstr",
      routingKey: "shortstr",
      noWait: "bit",
      arguments: "table",
    },
  },
  "queue.bind-ok": { id: [50, 21], fields: {} },
  "queue.purge": { id: [50, 30], fields: { ticket: "short", queue: "shortstr", noWait: "bit" } },
  "queue.purge-ok": { id: [50, 31], fields: { messageCount: "long" } },
  "queue.delete": {
    id: [50, 40],
    fields: { ticket: "short", queue: "shortstr", ifUnused: "bit", ifEmpty: "bit", noWait: "bit" },
  },
  "queue.delete-ok": { id: [50, 41], fields: { messageCount: "long" } },
  "queue.unbind": {
    id: [50, 50],
    fields: { ticket: "short", queue: "shortstr", exchange: "shortstr", routingKey: "shortstr", arguments: "table" },
  },
  "queue.unbind-ok": { id: [50, 51], fields: {} },

  "basic.qos": { id: [60, 10], fields: { prefetchSize: "long", prefetchCount: "short", global: "bit" } },
  "basic.qos-ok": { id: [60, 11], fields: {} },
  "basic.consume": {
    id: [60, 20],
    fields: {
      ticket: "short",
      queue: "shortstr",
      consumerTag: "shortstr",
      noLocal: "bit",
      noAck: "bit",
      exclusive: "bit",
      noWait: "bit",
      arguments: "table",
    },
  },
  "basic.consume-ok": { id: [60, 21], fields: { consumerTag: "shortstr" } },
  "basic.cancel": { id: [60, 30], fields: { consumerTag: "shortstr", noWait: "bit" } },
  "basic.cancel-ok": { id: [60, 31], fields: { consumerTag: "shortstr" } },
  "basic.publish": {
    id: [60, 40],
    fields: { ticket: "short", exchange: "shortstr", routingKey: "shortstr", mandatory: "bit", immediate: "bit" },
  },
  "basic.return": {
    id: [60, 50],
    fields: { code: "short", text: "shortstr", exchange: "shortstr", routingKey: "shortstr" },
  },
  "basic.deliver": {
    id: [60, 60],
    fields: {
      consumerTag: "shortstr",
      deliveryTag: "longlong",
      redelivered: "bit",
      exchange: "shortstr",
      routingKey: "shortstr",
    },
  },
  "basic.get": { id: [60, 70], fields: { ticket: "short", queue: "shortstr", noAck: "bit" } },
  "basic.get-ok": {
    id: [60, 71],
    fields: {
      deliveryTag: "longlong",
      redelivered: "bit",
      exchange: "shortstr",
      routingKey: "shortstr",
      messageCount: "long",
    },
  },
  "basic.get-empty": { id: [60, 72], fields: { reserved: "shortstr" } },
  "basic.ack": { id: [60, 80], fields: { deliveryTag: "longlong", multiple: "bit" } },
  "basic.reject": { id: [60, 90], fields: { deliveryTag: "longlong", requeue: "bit" } },
  "basic.recover-async": { id: [60, 100], fields: { requeue: "bit" } },
  "basic.recover": { id: [60, 110], fields: { requeue: "bit" } },
  "basic.recover-ok": { id: [60, 111], fields: {} },
  "basic.nack": { id: [60, 120], fields: { deliveryTag: "longlong", multiple: "bit", requeue: "bit" } },

  "confirm.select": { id: [85, 10], fields: { noWait: "bit" } },
  "confirm.select-ok": { id: [85, 11], fields: {} },

  "tx.select": { id: [90, 10], fields: {} },
  "tx.select-ok": { id: [90, 11], fields: {} },
  "tx.commit": { id: [90, 20], fields: {} },
  "tx.commit-ok": { id: [90, 21], fields: {} },
  "tx.rollback": { id: [90, 30], fields: {} },
  "tx.rollback-ok": { id: [90, 31], fields: {} },
} as const satisfies Record<string, MethodShape>;

export type MethodName = keyof typeof METHODS;

/** The arguments of a method. */
export type MethodArguments<Name extends MethodName> = {
  [Field in keyof (typeof METHODS)[Name]["fields"]]: (typeof METHODS)[Name]["fields"][Field] extends ArgumentType
    ? ArgumentTypes[(typeof METHODS)[Name]["fields"][Field]]
    : never;
};

/** A method as it came or goes. */
export type Method = { [Name in MethodName]: { name: Name; args: MethodArguments<Name> } }[MethodName];

const BY_ID = new Map<number, MethodName>(
  (Object.keys(METHODS) as MethodName[]).map((name) => [numberOf(METHODS[name].id), name]),
);

function numberOf([classId, methodId]: readonly [number, number]): number {
  return (classId << 16) | methodId;
}

/** Class and method numbers, as errors name the method that caused them. */
export function methodId(name: MethodName): readonly [number, number] {
  return METHODS[name].id;
}

/** Reads the payload of a method frame. */
export function readMethod(payload: Buffer): Method {
  const reader = new Reader(payload);
  const [classId, id] = [reader.short(), reader.short()];
  const name = BY_ID.get(numberOf([classId, id]));
  if (name === undefined) throw new AmqpError("COMMAND_INVALID", `unknown method ${classId},${id}`);
  const args: Record<string, ArgumentTypes[ArgumentType]> = {};
  let bits = 0;
  let bit = 8;
  for (const [field, type] of Object.entries<ArgumentType>(METHODS[name].fields)) {
    if (type === "bit") {
      if (bit > 7) [bits, bit] = [reader.octet(), 0];
      args[field] = ((bits >> bit++) & 1) === 1;
    } else {
      bit = 8;
      args[field] = readArgument(reader, type);
    }
  }
  return { name, args } as Method;
}

function readArgument(reader: Reader, type: Exclude<ArgumentType, "bit">): ArgumentTypes[ArgumentType] {
  switch (type) {
    case "octet":
      return reader.octet();
    case "short":
      return reader.short();
    case "long":
      return reader.long();
    case "longlong":
      return reader.longlong();
    case "shortstr":
      return reader.shortString();
    case "longstr":
      return reader.longString();
    case "table":
      return reader.table();
  }
}

/** The payload of a method frame. */
export function writeMethod<Name extends MethodName>(name: Name, args: MethodArguments<Name>): Buffer {
  const writer = new Writer();
  const [classId, id] = METHODS[name].id;
  writer.short(classId).short(id);
  let bits = 0;
  let bit = 0;
  const endBits = (): void => {
    if (bit > 0) writer.octet(bits);
    bits = bit = 0;
  };
  for (const [field, type] of Object.entries<ArgumentType>(METHODS[name].fields)) {
    const value = (args as Record<string, unknown>)[field];
    if (type === "bit") {
      if (bit === 8) endBits();
      if (value) bits |= 1 << bit;
      bit++;
    } else {
      endBits();
      writeArgument(writer, type, value);
    }
  }
  endBits();
  return writer.finish();
}

function writeArgument(writer: Writer, type: Exclude<ArgumentType, "bit">, value: unknown): void {
  switch (type) {
    case "octet":
      writer.octet(value as number);
      break;
    case "short":
      writer.short(value as number);
      break;
    case "long":
      writer.long(value as number);
      break;
    case "longlong":
      writer.longlong(value as bigint);
      break;
    case "shortstr":
      writer.shortString(value as string);
      break;
    case "longstr":
      writer.longString(value as string);
      break;
    case "table":
      writer.table(value as FieldTable);
      break;
  }
}
