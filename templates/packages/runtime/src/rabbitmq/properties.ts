/** The properties of a message: the content header that stands before its body. */
import { syntaxError } from "./errors";
import { type FieldTable, Reader, Writer } from "./wire";

/** All optional; what a client did not set is not sent on. */
export interface Properties {
  contentType?: string;
  contentEncoding?: string;
  headers?: FieldTable;
  deliveryMode?: number;
  priority?: number;
  correlationId?: string;
  replyTo?: string;
  expiration?: string;
  messageId?: string;
  timestamp?: bigint;
  type?: string;
  userId?: string;
  appId?: string;
  clusterId?: string;
}

type Kind = "shortstr" | "table" | "octet" | "longlong";

/** In the order of the wire; the first has the flag of the highest bit. */
const FIELDS: readonly [keyof Properties, Kind][] = [
  ["contentType", "shortstr"],
  ["contentEncoding", "shortstr"],
  ["headers", "table"],
  ["deliveryMode", "octet"],
  ["priority", "octet"],
  ["correlationId", "shortstr"],
  ["replyTo", "shortstr"],
  ["expiration", "shortstr"],
  ["messageId", "shortstr"],
  ["timestamp", "longlong"],
  ["type", "shortstr"],
  ["userId", "shortstr"],
  ["appId", "shortstr"],
  ["clusterId", "shortstr"],
];

const HIGHEST_BIT = 15;
/** Set when another word of flags follows. No property of AMQP 0-9-1 needs it. */
const MORE_FLAGS = 1;

/** The content header as it stands in its frame: class, weight, body size, flags, properties. */
export interface ContentHeader {
  bodySize: number;
  /** Flags and properties, as they came. */
  properties: Buffer;
}

export function readContentHeader(payload: Buffer): ContentHeader {
  if (payload.length < 14) throw syntaxError("a content header ends too early");
  return { bodySize: Number(payload.readBigUInt64BE(4)), properties: payload.subarray(12) };
}

export function writeContentHeader(classId: number, { bodySize, properties }: ContentHeader): Buffer {
  return new Writer().short(classId).short(0).longlong(BigInt(bodySize)).raw(properties).finish();
}

export function readProperties(bytes: Buffer): Properties {
  const reader = new Reader(bytes);
  const flags = reader.short();
  if (flags & MORE_FLAGS) throw syntaxError("unknown properties of a message");
  const properties: Record<string, unknown> = {};
  FIELDS.forEach(([name, kind], index) => {
    if (((flags >> (HIGHEST_BIT - index)) & 1) === 0) return;
    properties[name] =
      kind === "shortstr"
        ? reader.shortString()
        : kind === "table"
          ? reader.table()
          : kind === "octet"
            ? reader.octet()
            : reader.longlong();
  });
  return properties;
}

export function writeProperties(properties: Properties): Buffer {
  const writer = new Writer();
  let flags = 0;
  FIELDS.forEach(([name], index) => {
    if (properties[name] !== undefined) flags |= 1 << (HIGHEST_BIT - index);
  });
  writer.short(flags);
  for (const [name, kind] of FIELDS) {
    const value = properties[name];
    if (value === undefined) continue;
    if (kind === "shortstr") writer.shortString(value as string);
    else if (kind === "table") writer.table(value as FieldTable);
    else if (kind === "octet") writer.octet(value as number);
    else writer.longlong(value as bigint);
  }
  return writer.finish();
}
