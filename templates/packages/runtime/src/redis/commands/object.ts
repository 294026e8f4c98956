import { type Command, command, dispatch, NO_KEYS, type Subcommand } from "../command";
import type { Database } from "../database";
import { RedisError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { parseInt64 } from "../numbers";
import type { Reply } from "../reply";
import type { Server } from "../server";
import { readString } from "../storage/string";

/**
 * The encoding Redis would use for what the key holds now. It is worked out from the contents, because nothing here is
 * encoded that way; unlike in Redis, a hash that shrank is a listpack again.
 */
function encodingOf(server: Server, db: Database, record: KeyRecord): string {
  const { config } = server;
  switch (record.type) {
    case "string":
      return stringEncoding(readString(db, record));
    case "list":
      // A listpack holds up to 8 KB.
      return totalBytes(db, record, "list_items", "value") > 8192 ? "quicklist" : "listpack";
    case "hash":
      return record.size <= config.number("hash-max-listpack-entries") &&
        longest(db, record, "hash_fields", "max(length(field), length(value))") <=
          config.number("hash-max-listpack-value")
        ? "listpack"
        : "hashtable";
    case "zset":
      return record.size <= config.number("zset-max-listpack-entries") &&
        longest(db, record, "zset_members", "length(member)") <= config.number("zset-max-listpack-value")
        ? "listpack"
        : "skiplist";
    case "set":
      return setEncoding(server, db, record);
    case "stream":
      return "stream";
  }
}

function stringEncoding(value: Buffer): string {
  if (parseInt64(value) !== null) return "int";
  return value.length <= 44 ? "embstr" : "raw";
}

function setEncoding(server: Server, db: Database, record: KeyRecord): string {
  const { config } = server;
  const members = db.sql
    .exec<{
      member: ArrayBuffer;
    }>("SELECT member FROM set_members WHERE key_id = ?", record.id)
    .toArray()
    .map((row) => Buffer.from(row.member));
  if (
    members.length <= config.number("set-max-intset-entries") &&
    members.every((member) => parseInt64(member) !== null)
  ) {
    return "intset";
  }
  const limit = config.number("set-max-listpack-value");
  return members.length <= config.number("set-max-listpack-entries") &&
    members.every((member) => member.length <= limit)
    ? "listpack"
    : "hashtable";
}

function longest({ sql }: Database, record: KeyRecord, table: string, expression: string): number {
  return sql
    .exec<{
      n: number;
    }>(`SELECT max(${expression}) AS n FROM ${table} WHERE key_id = ?`, record.id)
    .one().n;
}

function totalBytes({ sql }: Database, record: KeyRecord, table: string, column: string): number {
  return sql
    .exec<{
      n: number;
    }>(`SELECT total(length(${column})) AS n FROM ${table} WHERE key_id = ?`, record.id)
    .one().n;
}

function inspect(look: (server: Server, db: Database, record: KeyRecord) => Reply): Subcommand {
  return {
    arity: 3,
    run: ({ server, db }, args) => {
      const record = db.find(args.bytes(1));
      return record ? look(server, db, record) : null;
    },
  };
}

const OBJECT: Record<string, Subcommand> = {
  ENCODING: inspect(encodingOf),
  REFCOUNT: inspect(() => 1),
  // Reads leave no trace: recording them would turn each into a billed write.
  IDLETIME: inspect(() => 0),
  FREQ: inspect(() => {
    throw new RedisError(
      "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
    );
  }),
};

export const objectCommands: Command[] = [
  command("object", -2, "readonly", NO_KEYS, (context, args) => dispatch("object", OBJECT, context, args)),
];
