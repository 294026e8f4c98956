import type { KeyRecord, Keyspace } from "../keyspace";
import { ELEMENT_TABLES } from "../schema";

/** The element tables' columns after key_id, for copying rows inside SQLite. */
const COLUMNS: Record<string, string> = {
  string_parts: "part, value",
  hash_fields: "field, seq, value",
  list_items: "pos, value",
  set_members: "member, seq",
  zset_members: "member, score",
  stream_entries: "entry, fields",
  stream_groups: "name, last_id, entries_read",
  stream_consumers: "group_name, name, seen, active",
  stream_pending: "group_name, entry, consumer, delivered, deliveries",
};

/** Copies a key with its elements and expiry to a name that is free. */
export function copyKey(keyspace: Keyspace, source: KeyRecord, db: number, key: Buffer): void {
  const copy = keyspace.create(db, key, source.type, {
    size: source.size,
    cursor: source.cursor,
    value: source.value,
    expires: source.expires,
  });
  for (const table of ELEMENT_TABLES[source.type]) {
    keyspace.sql.exec(
      `INSERT INTO ${table} (key_id, ${COLUMNS[table]})
       SELECT ?, ${COLUMNS[table]} FROM ${table} WHERE key_id = ?`,
      copy.id,
      source.id,
    );
  }
}
