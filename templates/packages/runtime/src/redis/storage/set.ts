import type { Database } from "../database";
import type { KeyRecord } from "../keyspace";
import { parseInt64 } from "../numbers";

/** A set of at most this many members, all integers, is listed in numerical order (Redis's intset encoding). */
const MAX_INTSET = 512;

interface Member {
  member: Buffer;
  /** Insertion number. */
  seq: number;
}

export function readMembers({ sql }: Database, record: KeyRecord, afterSeq = -1, limit = -1): Member[] {
  return sql
    .exec<{
      member: ArrayBuffer;
      seq: number;
    }>(
      "SELECT member, seq FROM set_members WHERE key_id = ? AND seq > ? ORDER BY seq LIMIT ?",
      record.id,
      afterSeq,
      limit,
    )
    .toArray()
    .map(({ member, seq }) => ({ member: Buffer.from(member), seq }));
}

/** All members in the order in which Redis lists a small set. */
export function listMembers(db: Database, record: KeyRecord): Buffer[] {
  const members = readMembers(db, record).map(({ member }) => member);
  const numbers = members.length <= MAX_INTSET ? asIntegers(members) : null;
  if (numbers === null) return members;
  return numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((number) => Buffer.from(String(number)));
}

function asIntegers(members: Buffer[]): bigint[] | null {
  const numbers: bigint[] = [];
  for (const member of members) {
    const number = parseInt64(member);
    if (number === null) return null;
    numbers.push(number);
  }
  return numbers;
}

export function hasMember({ sql }: Database, record: KeyRecord | null, member: Buffer): boolean {
  return (
    record !== null &&
    sql.exec("SELECT 1 FROM set_members WHERE key_id = ? AND member = ?", record.id, member).toArray().length > 0
  );
}

/** Adds members; returns how many are new. The caller announces the change. */
export function addMembers(db: Database, record: KeyRecord, members: readonly Buffer[]): number {
  let { cursor } = record;
  let added = 0;
  for (const member of members) {
    const isNew =
      db.sql.exec(
        "INSERT INTO set_members (key_id, member, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        record.id,
        member,
        cursor,
      ).rowsWritten > 0;
    if (!isNew) continue;
    cursor++;
    added++;
  }
  db.keyspace.resize(record, record.size + added, cursor);
  return added;
}

/** Removes members and announces it as `event`; returns how many there were. An empty set is removed. */
export function removeMembers(
  db: Database,
  record: KeyRecord,
  members: readonly Buffer[],
  event: "srem" | "spop",
): number {
  let removed = 0;
  for (const member of members) {
    removed += db.sql.exec("DELETE FROM set_members WHERE key_id = ? AND member = ?", record.id, member).rowsWritten;
  }
  if (removed > 0) {
    db.changed(record.key, "s", event);
    db.keyspace.resize(record, record.size - removed);
  }
  return removed;
}
