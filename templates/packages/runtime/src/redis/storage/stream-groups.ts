import type { Database } from "../database";
import type { KeyRecord } from "../keyspace";
import { edgeEntry, readState } from "./stream";
import { decodeId, encodeId, MAX_ID, MIN_ID, type StreamId } from "./stream-id";

/** A consumer group. */
export interface Group {
  name: Buffer;
  /** The last id delivered. */
  lastId: StreamId;
  /** How many of the entries ever added the group has read; null: not known. */
  entriesRead: number | null;
}

export interface Consumer {
  name: Buffer;
  /** When it last asked for something (Unix milliseconds). */
  seen: number;
  /** When it last got something; null: never. */
  active: number | null;
}

/** An entry that was delivered and not yet acknowledged. */
export interface Pending {
  id: StreamId;
  consumer: Buffer;
  /** Unix milliseconds. */
  delivered: number;
  deliveries: number;
}

type GroupRow = { name: ArrayBuffer; last_id: ArrayBuffer; entries_read: number | null };
type PendingRow = { entry: ArrayBuffer; consumer: ArrayBuffer; delivered: number; deliveries: number };

export function listGroups({ sql }: Database, record: KeyRecord): Group[] {
  return sql
    .exec<GroupRow>("SELECT name, last_id, entries_read FROM stream_groups WHERE key_id = ? ORDER BY name", record.id)
    .toArray()
    .map(groupFromRow);
}

export function findGroup({ sql }: Database, record: KeyRecord, name: Buffer): Group | null {
  const [row] = sql
    .exec<GroupRow>(
      "SELECT name, last_id, entries_read FROM stream_groups WHERE key_id = ? AND name = ?",
      record.id,
      name,
    )
    .toArray();
  return row ? groupFromRow(row) : null;
}

function groupFromRow(row: GroupRow): Group {
  return { name: Buffer.from(row.name), lastId: decodeId(row.last_id), entriesRead: row.entries_read };
}

export function saveGroup({ sql }: Database, record: KeyRecord, group: Group): void {
  sql.exec(
    "INSERT OR REPLACE INTO stream_groups (key_id, name, last_id, entries_read) VALUES (?, ?, ?, ?)",
    record.id,
    group.name,
    encodeId(group.lastId),
    group.entriesRead,
  );
}

export function deleteGroup({ sql }: Database, record: KeyRecord, name: Buffer): void {
  for (const [table, column] of [
    ["stream_groups", "name"],
    ["stream_consumers", "group_name"],
    ["stream_pending", "group_name"],
  ]) {
    sql.exec(`DELETE FROM ${table} WHERE key_id = ? AND ${column} = ?`, record.id, name);
  }
}

export function listConsumers({ sql }: Database, record: KeyRecord, group: Buffer): Consumer[] {
  return sql
    .exec<{ name: ArrayBuffer; seen: number; active: number | null }>(
      "SELECT name, seen, active FROM stream_consumers WHERE key_id = ? AND group_name = ? ORDER BY name",
      record.id,
      group,
    )
    .toArray()
    .map((row) => ({ ...row, name: Buffer.from(row.name) }));
}

/** Notes that a consumer was there, making it when it is new; true when it is. */
export function touchConsumer(
  { sql }: Database,
  record: KeyRecord,
  group: Buffer,
  name: Buffer,
  active: boolean,
): boolean {
  const now = Date.now();
  const updated = sql.exec(
    `UPDATE stream_consumers SET seen = ?, active = coalesce(?, active)
     WHERE key_id = ? AND group_name = ? AND name = ?`,
    now,
    active ? now : null,
    record.id,
    group,
    name,
  ).rowsWritten;
  if (updated > 0) return false;
  sql.exec(
    "INSERT INTO stream_consumers (key_id, group_name, name, seen, active) VALUES (?, ?, ?, ?, ?)",
    record.id,
    group,
    name,
    now,
    active ? now : null,
  );
  return true;
}

/** Deletes a consumer and forgets what it had not acknowledged; returns how many entries that were. */
export function deleteConsumer({ sql }: Database, record: KeyRecord, group: Buffer, name: Buffer): number {
  const pending = sql.exec(
    "DELETE FROM stream_pending WHERE key_id = ? AND group_name = ? AND consumer = ?",
    record.id,
    group,
    name,
  ).rowsWritten;
  sql.exec("DELETE FROM stream_consumers WHERE key_id = ? AND group_name = ? AND name = ?", record.id, group, name);
  return pending;
}

/** What a group has pending, by id; only of one consumer, only between two ids, only so many. */
export function listPending(
  { sql }: Database,
  record: KeyRecord,
  group: Buffer,
  selection: { consumer?: Buffer | null; start?: StreamId; end?: StreamId; limit?: number } = {},
): Pending[] {
  const { consumer = null, start = MIN_ID, end = MAX_ID, limit = -1 } = selection;
  return sql
    .exec<PendingRow>(
      `SELECT entry, consumer, delivered, deliveries FROM stream_pending
       WHERE key_id = ? AND group_name = ? AND entry BETWEEN ? AND ? ${consumer ? "AND consumer = ?" : ""}
       ORDER BY entry LIMIT ?`,
      record.id,
      group,
      encodeId(start),
      encodeId(end),
      ...(consumer ? [consumer] : []),
      limit,
    )
    .toArray()
    .map((row) => ({ ...row, id: decodeId(row.entry), consumer: Buffer.from(row.consumer) }));
}

export function savePending({ sql }: Database, record: KeyRecord, group: Buffer, pending: Pending): void {
  sql.exec(
    `INSERT OR REPLACE INTO stream_pending (key_id, group_name, entry, consumer, delivered, deliveries)
     VALUES (?, ?, ?, ?, ?, ?)`,
    record.id,
    group,
    encodeId(pending.id),
    pending.consumer,
    pending.delivered,
    pending.deliveries,
  );
}

/** Takes an entry off the list; true when it was on it. */
export function deletePending({ sql }: Database, record: KeyRecord, group: Buffer, id: StreamId): boolean {
  return (
    sql.exec(
      "DELETE FROM stream_pending WHERE key_id = ? AND group_name = ? AND entry = ?",
      record.id,
      group,
      encodeId(id),
    ).rowsWritten > 0
  );
}

/** Entries that the group has still to read; null when deletions make it impossible to say. */
export function lagOf(db: Database, record: KeyRecord, group: Group): number | null {
  const { added } = readState(record);
  if (added === 0) return 0;
  const read =
    group.entriesRead !== null && !hasTombstones(record, group.lastId)
      ? group.entriesRead
      : positionOf(db, record, group.lastId);
  return read === null ? null : added - read;
}

/** The number of entries read after delivering `id` to a group. */
export function countRead(db: Database, record: KeyRecord, group: Group, id: StreamId): number | null {
  return group.entriesRead !== null && !hasTombstones(record, id) ? group.entriesRead + 1 : positionOf(db, record, id);
}

/** Whether an entry at or after `start` was deleted. */
function hasTombstones(record: KeyRecord, start: StreamId): boolean {
  const { maxDeleted } = readState(record);
  return record.size > 0 && maxDeleted !== MIN_ID && start <= maxDeleted;
}

/** Which of the entries ever added the id is, counted from 1; null: not known. */
function positionOf(db: Database, record: KeyRecord, id: StreamId): number | null {
  const { lastId, added, maxDeleted } = readState(record);
  if (added === 0) return 0;
  if (record.size === 0 && id <= lastId) return added;
  if (id === lastId) return added;
  if (id > lastId) return null;
  const first = edgeEntry(db, record, "first")?.id ?? MIN_ID;
  if (maxDeleted !== MIN_ID && maxDeleted >= first) return null;
  if (id < first) return added - record.size;
  return id === first ? added - record.size + 1 : null;
}
