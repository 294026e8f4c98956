/**
 * What DUMP gives and RESTORE takes: a value as it would stand in an RDB file, with the format's version and a checksum.
 *
 * Written are the formats that every Redis since 5 reads; read are those that Redis 7 writes, so that keys can be taken from
 * one server to the other in both directions. Streams are not covered.
 */
import type { Database } from "../database";
import { RedisError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { parseDouble } from "../numbers";
import { readHashFields, writeHashFields } from "../storage/hash";
import { pushItems, readRange } from "../storage/list";
import { addMembers, readMembers } from "../storage/set";
import { putString, readString } from "../storage/string";
import { putScore, readOrdered, type Scored } from "../storage/zset";
import { crc64 } from "./crc64";
import { badDump, wrongChecksum } from "./errors";
import { readIntset, readListpack } from "./packed";
import { DumpReader } from "./reader";

/** Types of values in an RDB file. */
const Type = {
  STRING: 0,
  LIST: 1,
  SET: 2,
  HASH: 4,
  ZSET: 5,
  SET_INTSET: 11,
  HASH_LISTPACK: 16,
  ZSET_LISTPACK: 17,
  LIST_QUICKLIST: 18,
  SET_LISTPACK: 20,
} as const;

/** The version of the format that is written: that of Redis 5. */
const WRITTEN_VERSION = 9;
/** The newest one that is read: that of Redis 7.2. */
const NEWEST_VERSION = 11;
const FOOTER = 10;

/** What a dump holds. */
export type DumpedValue =
  | { type: "string"; value: Buffer }
  | { type: "list" | "set"; values: Buffer[] }
  | { type: "hash"; pairs: [Buffer, Buffer][] }
  | { type: "zset"; members: Scored[] };

export function dumpValue(db: Database, record: KeyRecord): Buffer {
  const body = Buffer.concat(serialize(db, record));
  const version = Buffer.alloc(2);
  version.writeUInt16LE(WRITTEN_VERSION);
  const unsigned = Buffer.concat([body, version]);
  return Buffer.concat([unsigned, crc64(unsigned)]);
}

function serialize(db: Database, record: KeyRecord): Buffer[] {
  const { size } = record;
  switch (record.type) {
    case "string":
      return [Buffer.from([Type.STRING]), ...string(readString(db, record))];
    case "list":
      return [Buffer.from([Type.LIST]), length(size), ...readRange(db, record, 0, size - 1).flatMap(string)];
    case "set":
      return [
        Buffer.from([Type.SET]),
        length(size),
        ...readMembers(db, record).flatMap(({ member }) => string(member)),
      ];
    case "hash":
      return [
        Buffer.from([Type.HASH]),
        length(size),
        ...readHashFields(db, record).flatMap(({ field, value }) => [...string(field), ...string(value)]),
      ];
    case "zset":
      return [
        Buffer.from([Type.ZSET]),
        length(size),
        ...readOrdered(db, record, true).flatMap(({ member, score }) => [...string(member), double(score)]),
      ];
    case "stream":
      throw new RedisError("ERR DUMP of a stream is not supported by this server");
  }
}

function length(value: number): Buffer {
  if (value < 1 << 6) return Buffer.from([value]);
  if (value < 1 << 14) return Buffer.from([0x40 | (value >> 8), value & 0xff]);
  const long = Buffer.alloc(5);
  long[0] = 0x80;
  long.writeUInt32BE(value, 1);
  return long;
}

const string = (value: Buffer): Buffer[] => [length(value.length), value];

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** Reads a dump. Throws the errors that RESTORE answers with. */
export function parseDump(dump: Buffer): DumpedValue {
  if (dump.length < FOOTER) throw wrongChecksum();
  const unsigned = dump.subarray(0, -8);
  const version = unsigned.readUInt16LE(unsigned.length - 2);
  if (version > NEWEST_VERSION || !crc64(unsigned).equals(dump.subarray(-8))) throw wrongChecksum();
  const reader = new DumpReader(unsigned.subarray(0, -2));
  const value = readValue(reader);
  if (!reader.atEnd) throw badDump();
  return value;
}

function readValue(reader: DumpReader): DumpedValue {
  const type = reader.byte();
  const strings = (count: number) => Array.from({ length: count }, () => reader.string());
  switch (type) {
    case Type.STRING:
      return { type: "string", value: reader.string() };
    case Type.LIST:
      return { type: "list", values: strings(reader.length()) };
    case Type.LIST_QUICKLIST:
      return { type: "list", values: readQuicklist(reader) };
    case Type.SET:
      return { type: "set", values: strings(reader.length()) };
    case Type.SET_INTSET:
      return { type: "set", values: readIntset(reader.string()) };
    case Type.SET_LISTPACK:
      return { type: "set", values: readListpack(reader.string()) };
    case Type.HASH:
      return { type: "hash", pairs: inPairs(strings(2 * reader.length())) };
    case Type.HASH_LISTPACK:
      return { type: "hash", pairs: inPairs(readListpack(reader.string())) };
    case Type.ZSET: {
      const members = Array.from({ length: reader.length() }, () => ({
        member: reader.string(),
        score: reader.double(),
      }));
      return { type: "zset", members };
    }
    case Type.ZSET_LISTPACK:
      return { type: "zset", members: inPairs(readListpack(reader.string())).map(scored) };
  }
  throw new RedisError(`ERR Bad data format: values of type ${type} are not supported by this server`);
}

function readQuicklist(reader: DumpReader): Buffer[] {
  const PLAIN = 1;
  const values: Buffer[] = [];
  for (let nodes = reader.length(); nodes > 0; nodes--) {
    const container = reader.length();
    const bytes = reader.string();
    if (container === PLAIN) values.push(bytes);
    else values.push(...readListpack(bytes));
  }
  return values;
}

function inPairs(values: Buffer[]): [Buffer, Buffer][] {
  if (values.length % 2 !== 0) throw badDump();
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}

function scored([member, text]: [Buffer, Buffer]): Scored {
  const score = parseDouble(text);
  if (score === null) throw badDump();
  return { member, score };
}

/** Makes a key of a dump's value; there must be none of that name. */
export function restoreValue(db: Database, key: Buffer, dumped: DumpedValue, expires: number | null): void {
  if (dumped.type === "string") {
    putString(db, key, dumped.value, expires);
    return;
  }
  const record = db.create(key, dumped.type, { expires });
  switch (dumped.type) {
    case "list":
      return pushItems(db, record, "right", dumped.values);
    case "set":
      return void addMembers(db, record, dumped.values);
    case "hash":
      return void writeHashFields(db, record, dumped.pairs);
    case "zset":
      for (const { member, score } of dumped.members) putScore(db, record, member, score);
      db.keyspace.resize(record, dumped.members.length);
  }
}
