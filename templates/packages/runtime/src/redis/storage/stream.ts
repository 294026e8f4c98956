import type { Database } from "../database";
import type { KeyRecord } from "../keyspace";
import type { Reply } from "../reply";
import { decodeId, encodeId, formatId, MAX_ID, MIN_ID, parseId, type StreamId } from "./stream-id";

/** What a stream remembers besides its entries. Unlike other collections a stream may be empty. */
export interface StreamState {
  lastId: StreamId;
  /** Entries ever added, deleted ones included. */
  added: number;
  /** The highest id that was deleted by XDEL; 0-0: none. */
  maxDeleted: StreamId;
}

export interface StreamEntry {
  id: StreamId;
  /** Names and values in turn. */
  fields: Buffer[];
}

export function readState(record: KeyRecord): StreamState {
  const { lastId, added, maxDeleted } = JSON.parse(record.value!.toString()) as Record<string, string | number>;
  return { lastId: idOf(lastId), added: Number(added), maxDeleted: idOf(maxDeleted) };
}

function idOf(text: unknown): StreamId {
  return parseId(String(text), 0n) ?? MIN_ID;
}

function encodeState({ lastId, added, maxDeleted }: StreamState): Buffer {
  return Buffer.from(JSON.stringify({ lastId: formatId(lastId), added, maxDeleted: formatId(maxDeleted) }));
}

export function saveState(db: Database, record: KeyRecord, state: StreamState, size = record.size): void {
  db.keyspace.save(record, { value: encodeState(state), size });
}

export function createStream(db: Database, key: Buffer): KeyRecord {
  return db.create(key, "stream", { value: encodeState({ lastId: MIN_ID, added: 0, maxDeleted: MIN_ID }) });
}

/** Adds an entry whose id is known to be higher than the last one. The caller announces the change. */
export function appendEntry(db: Database, record: KeyRecord, entry: StreamEntry): void {
  db.sql.exec(
    "INSERT INTO stream_entries (key_id, entry, fields) VALUES (?, ?, ?)",
    record.id,
    encodeId(entry.id),
    encodeFields(entry.fields),
  );
  const state = readState(record);
  saveState(db, record, { ...state, lastId: entry.id, added: state.added + 1 }, record.size + 1);
}

/** Entries from `start` to `end`, both included. A negative `limit` means all. */
export function readEntries(
  { sql }: Database,
  record: KeyRecord,
  start: StreamId,
  end: StreamId,
  limit = -1,
  reverse = false,
): StreamEntry[] {
  if (start > end) return [];
  return sql
    .exec<{ entry: ArrayBuffer; fields: ArrayBuffer }>(
      `SELECT entry, fields FROM stream_entries WHERE key_id = ? AND entry BETWEEN ? AND ?
       ORDER BY entry ${reverse ? "DESC" : "ASC"} LIMIT ?`,
      record.id,
      encodeId(start),
      encodeId(end),
      limit,
    )
    .toArray()
    .map(({ entry, fields }) => ({ id: decodeId(entry), fields: decodeFields(Buffer.from(fields)) }));
}

export function readEntry(db: Database, record: KeyRecord, id: StreamId): StreamEntry | null {
  return readEntries(db, record, id, id, 1)[0] ?? null;
}

/** The first or last entry there is. */
export function edgeEntry(db: Database, record: KeyRecord, edge: "first" | "last"): StreamEntry | null {
  return readEntries(db, record, MIN_ID, MAX_ID, 1, edge === "last")[0] ?? null;
}

/** Deletes single entries; returns how many there were. */
export function deleteEntries(db: Database, record: KeyRecord, ids: readonly StreamId[]): number {
  const state = readState(record);
  let deleted = 0;
  for (const id of ids) {
    const existed = db.sql.exec(
      "DELETE FROM stream_entries WHERE key_id = ? AND entry = ?",
      record.id,
      encodeId(id),
    ).rowsWritten;
    if (existed === 0) continue;
    deleted++;
    if (id > state.maxDeleted) state.maxDeleted = id;
  }
  if (deleted > 0) saveState(db, record, state, record.size - deleted);
  return deleted;
}

/** How far a stream is to be cut at its old end. */
export interface Trim {
  by: "MAXLEN" | "MINID";
  length: number;
  id: StreamId;
  /** `~`: may leave some more, so that little work is done often. */
  approximate: boolean;
  /** Most entries to delete; 0: no limit. */
  limit: number;
}

/** Entries that an approximate trim removes at a time, Redis's entries per node. */
const NODE_ENTRIES = 100;

/** Cuts the stream; returns how many entries went. */
export function trimEntries(db: Database, record: KeyRecord, trim: Trim): number {
  let excess = trim.by === "MAXLEN" ? record.size - trim.length : countBelow(db, record, trim.id);
  if (trim.approximate) {
    excess = Math.floor(excess / NODE_ENTRIES) * NODE_ENTRIES;
    if (trim.limit > 0) excess = Math.min(excess, trim.limit);
  }
  if (excess <= 0) return 0;
  db.sql.exec(
    `DELETE FROM stream_entries WHERE key_id = ? AND entry IN
     (SELECT entry FROM stream_entries WHERE key_id = ? ORDER BY entry LIMIT ?)`,
    record.id,
    record.id,
    excess,
  );
  db.keyspace.save(record, { size: record.size - excess });
  return excess;
}

function countBelow({ sql }: Database, record: KeyRecord, id: StreamId): number {
  return sql
    .exec<{ n: number }>(
      "SELECT count(*) AS n FROM stream_entries WHERE key_id = ? AND entry < ?",
      record.id,
      encodeId(id),
    )
    .one().n;
}

/** An entry as XRANGE and XREAD show it. */
export function entryReply({ id, fields }: StreamEntry): Reply {
  return [formatId(id), fields];
}

/** Fields are stored one after the other, each with its length in four bytes before it. */
function encodeFields(fields: readonly Buffer[]): Buffer {
  const parts = fields.flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return Buffer.concat(parts);
}

function decodeFields(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}
