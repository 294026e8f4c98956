import type { Database } from "../database";
import type { KeyRecord } from "../keyspace";

/** The two ends of a list. */
export type End = "left" | "right";

/**
 * Lists: the element at index i has position `record.cursor + i`. Positions have no gaps, so indexes are found without
 * counting, and both ends can be pushed to and popped from by writing one row.
 */

export function readRange({ sql }: Database, record: KeyRecord, start: number, stop: number): Buffer[] {
  return sql
    .exec<{
      value: ArrayBuffer;
    }>(
      "SELECT value FROM list_items WHERE key_id = ? AND pos BETWEEN ? AND ? ORDER BY pos",
      record.id,
      record.cursor + start,
      record.cursor + stop,
    )
    .toArray()
    .map((row) => Buffer.from(row.value));
}

/** Start and stop of LRANGE and LTRIM as indexes from 0, or null when nothing lies between them. */
export function resolveRange(length: number, start: number, stop: number): [number, number] | null {
  const first = Math.max(start < 0 ? start + length : start, 0);
  const last = Math.min(stop < 0 ? stop + length : stop, length - 1);
  return first > last || first >= length ? null : [first, last];
}

/** Pushes one value after the other; the caller announces the change. */
export function pushItems(db: Database, record: KeyRecord, end: End, values: readonly Buffer[]): void {
  let { cursor } = record;
  let size = record.size;
  for (const value of values) {
    const position = end === "left" ? --cursor : cursor + size;
    insert(db, record, position, value);
    size++;
  }
  db.keyspace.resize(record, size, cursor);
}

/** Takes up to `count` values from one end, the outermost first. A list that becomes empty is removed. */
export function popItems(db: Database, record: KeyRecord, end: End, count: number): Buffer[] {
  const taken = Math.min(count, record.size);
  if (taken === 0) return [];
  const start = end === "left" ? 0 : record.size - taken;
  const values = readRange(db, record, start, start + taken - 1);
  deleteRange(db, record, start, start + taken - 1);
  db.changed(record.key, "l", end === "left" ? "lpop" : "rpop");
  const cursor = end === "left" ? record.cursor + taken : record.cursor;
  db.keyspace.resize(record, record.size - taken, cursor);
  return end === "left" ? values : values.reverse();
}

/** Keeps only the elements from `start` to `stop` (indexes from 0). */
export function keepRange(db: Database, record: KeyRecord, start: number, stop: number): void {
  if (start > 0) deleteRange(db, record, 0, start - 1);
  if (stop < record.size - 1) deleteRange(db, record, stop + 1, record.size);
  db.keyspace.resize(record, stop - start + 1, record.cursor + start);
}

/** Replaces the whole content: for LINSERT and LREM, which Redis does in linear time too. */
export function rewriteItems(db: Database, record: KeyRecord, values: readonly Buffer[]): void {
  db.sql.exec("DELETE FROM list_items WHERE key_id = ?", record.id);
  values.forEach((value, index) => insert(db, record, index, value));
  db.keyspace.resize(record, values.length, 0);
}

export function setItem({ sql }: Database, record: KeyRecord, index: number, value: Buffer): void {
  sql.exec("UPDATE list_items SET value = ? WHERE key_id = ? AND pos = ?", value, record.id, record.cursor + index);
}

function insert({ sql }: Database, record: KeyRecord, position: number, value: Buffer): void {
  sql.exec("INSERT INTO list_items (key_id, pos, value) VALUES (?, ?, ?)", record.id, position, value);
}

function deleteRange({ sql }: Database, record: KeyRecord, start: number, stop: number): void {
  sql.exec(
    "DELETE FROM list_items WHERE key_id = ? AND pos BETWEEN ? AND ?",
    record.id,
    record.cursor + start,
    record.cursor + stop,
  );
}
