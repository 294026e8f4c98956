import type { Database } from "../database";
import { RedisError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { MAX_BULK_BYTES } from "../resp";

/**
 * Bytes of a string in one row. A Durable Object's row holds 2 MB, so longer strings go on in `string_parts`, each part of
 * this size but the last.
 */
const PART_BYTES = 1024 * 1024;

export function readString(db: Database, record: KeyRecord): Buffer {
  const first = record.value ?? Buffer.alloc(0);
  if (record.size <= PART_BYTES) return first;
  const parts = db.sql
    .exec<{
      value: ArrayBuffer;
    }>("SELECT value FROM string_parts WHERE key_id = ? ORDER BY part", record.id)
    .toArray()
    .map((row) => Buffer.from(row.value));
  return Buffer.concat([first, ...parts], record.size);
}

/** The string at `key`; null when there is none, WRONGTYPE when it is something else. */
export function getString(db: Database, key: Buffer): Buffer | null {
  const record = db.typed(key, "string");
  return record ? readString(db, record) : null;
}

/**
 * Makes `key` a string, whatever it was. `expires` (Unix milliseconds) null: never; "keep": as it was. The caller announces
 * the change.
 */
export function putString(db: Database, key: Buffer, value: Buffer, expires: number | null | "keep"): void {
  checkStringLength(value.length);
  // A copy: the value is a view of the client's input, of which the record would keep every byte in memory.
  const first = Buffer.from(value.subarray(0, PART_BYTES));
  let record = db.find(key);
  const expiry = expires === "keep" ? (record?.expires ?? null) : expires;
  if (record && record.type !== "string") {
    db.keyspace.remove(record);
    record = null;
  }
  if (record === null) {
    record = db.create(key, "string", {
      size: value.length,
      value: first,
      expires: expiry,
    });
  } else {
    if (record.size > PART_BYTES) dropParts(db, record);
    const changes = { size: value.length, value: first };
    db.keyspace.save(record, expiry === record.expires ? changes : { ...changes, expires: expiry });
  }
  writeParts(db, record, value);
}

export function checkStringLength(length: number): void {
  if (length > MAX_BULK_BYTES) {
    throw new RedisError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
}

function writeParts(db: Database, record: KeyRecord, value: Buffer): void {
  for (let part = 1; part * PART_BYTES < value.length; part++) {
    db.sql.exec(
      "INSERT INTO string_parts (key_id, part, value) VALUES (?, ?, ?)",
      record.id,
      part,
      value.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    );
  }
}

function dropParts(db: Database, record: KeyRecord): void {
  db.sql.exec("DELETE FROM string_parts WHERE key_id = ?", record.id);
}
