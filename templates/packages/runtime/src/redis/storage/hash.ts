import type { Database } from "../database";
import type { KeyRecord } from "../keyspace";

/** A field of a hash. */
export interface HashField {
  field: Buffer;
  value: Buffer;
  /** Insertion number. */
  seq: number;
}

type FieldRow = { field: ArrayBuffer; value: ArrayBuffer; seq: number };

/** Fields in the order in which they were first set, as small Redis hashes list them. */
export function readHashFields({ sql }: Database, record: KeyRecord, afterSeq = -1, limit = -1): HashField[] {
  return sql
    .exec<FieldRow>(
      "SELECT field, value, seq FROM hash_fields WHERE key_id = ? AND seq > ? ORDER BY seq LIMIT ?",
      record.id,
      afterSeq,
      limit,
    )
    .toArray()
    .map(({ field, value, seq }) => ({
      field: Buffer.from(field),
      value: Buffer.from(value),
      seq,
    }));
}

export function readHashField({ sql }: Database, record: KeyRecord | null, field: Buffer): Buffer | null {
  if (record === null) return null;
  const [row] = sql
    .exec<{
      value: ArrayBuffer;
    }>("SELECT value FROM hash_fields WHERE key_id = ? AND field = ?", record.id, field)
    .toArray();
  return row ? Buffer.from(row.value) : null;
}

/** Sets fields of a hash that may be new; returns how many fields are new. The caller announces the change. */
export function writeHashFields(db: Database, record: KeyRecord, pairs: [Buffer, Buffer][]): number {
  let { size, cursor } = record;
  for (const [field, value] of pairs) {
    const updated = db.sql.exec(
      "UPDATE hash_fields SET value = ? WHERE key_id = ? AND field = ?",
      value,
      record.id,
      field,
    ).rowsWritten;
    if (updated > 0) continue;
    db.sql.exec(
      "INSERT INTO hash_fields (key_id, field, seq, value) VALUES (?, ?, ?, ?)",
      record.id,
      field,
      cursor++,
      value,
    );
    size++;
  }
  const added = size - record.size;
  db.keyspace.resize(record, size, cursor);
  return added;
}
