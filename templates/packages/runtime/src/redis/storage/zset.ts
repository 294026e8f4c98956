import type { Database } from "../database";
import type { KeyRecord } from "../keyspace";

/** A member of a sorted set. */
export interface Scored {
  member: Buffer;
  score: number;
}

type ScoredRow = { member: ArrayBuffer; score: number };

/** One end of an interval; `value` null: no bound on this side. */
export interface Bound<T> {
  value: T | null;
  exclusive: boolean;
}

/** An interval of scores or of members; `empty` when its bounds are such that nothing can lie in it (`+` to `-`). */
export interface Interval<T> {
  min: Bound<T>;
  max: Bound<T>;
  empty?: boolean;
}

/** Which elements of an ordered result are wanted; a negative `limit` means all. */
export interface Window {
  offset: number;
  limit: number;
}

export const EVERYTHING: Window = { offset: 0, limit: -1 };

export function getScore({ sql }: Database, record: KeyRecord | null, member: Buffer): number | null {
  if (record === null) return null;
  const [row] = sql
    .exec<{
      score: number;
    }>("SELECT score FROM zset_members WHERE key_id = ? AND member = ?", record.id, member)
    .toArray();
  return row ? row.score : null;
}

/** Writes one member's score. The caller counts new members and saves the size. */
export function putScore({ sql }: Database, record: KeyRecord, member: Buffer, score: number): void {
  sql.exec(
    `INSERT INTO zset_members (key_id, member, score) VALUES (?, ?, ?)
     ON CONFLICT (key_id, member) DO UPDATE SET score = excluded.score`,
    record.id,
    member,
    score,
  );
}

/** Removes members, without a word; returns how many there were. An empty sorted set is removed. */
export function removeMembers(db: Database, record: KeyRecord, members: readonly Buffer[], event: string): number {
  let removed = 0;
  for (const member of members) {
    if (getScore(db, record, member) === null) continue;
    db.sql.exec("DELETE FROM zset_members WHERE key_id = ? AND member = ?", record.id, member);
    removed++;
  }
  if (removed > 0) {
    db.changed(record.key, "z", event);
    db.keyspace.resize(record, record.size - removed);
  }
  return removed;
}

/** Replaces `key` by a sorted set of these members; removes it when there are none. */
export function storeMembers(db: Database, key: Buffer, members: readonly Scored[], event: string): void {
  if (members.length === 0) {
    db.delete(key);
    return;
  }
  db.discard(key);
  const record = db.create(key, "zset");
  for (const { member, score } of members) putScore(db, record, member, score);
  db.keyspace.resize(record, members.length);
  db.changed(key, "z", event);
}

/** Members in the order of their scores, or in the opposite one. */
export function readOrdered(
  { sql }: Database,
  record: KeyRecord,
  reverse: boolean,
  window: Window = EVERYTHING,
): Scored[] {
  return fromRows(
    sql.exec<ScoredRow>(
      `SELECT member, score FROM zset_members WHERE key_id = ? ${order(reverse)} LIMIT ? OFFSET ?`,
      record.id,
      window.limit,
      window.offset,
    ),
  );
}

/** Members whose score lies in the interval. */
export function readByScore(
  { sql }: Database,
  record: KeyRecord,
  interval: Interval<number>,
  reverse: boolean,
  window: Window = EVERYTHING,
): Scored[] {
  return readInterval(sql, record, "score", interval, reverse, window);
}

/** Members that lie in the interval byte for byte; meant for sets whose scores are all equal. */
export function readByLex(
  { sql }: Database,
  record: KeyRecord,
  interval: Interval<Buffer>,
  reverse: boolean,
  window: Window = EVERYTHING,
): Scored[] {
  return readInterval(sql, record, "member", interval, reverse, window);
}

export function countInterval(
  { sql }: Database,
  record: KeyRecord,
  column: "score" | "member",
  interval: Interval<number> | Interval<Buffer>,
): number {
  if (interval.empty) return 0;
  const { where, values } = condition(column, interval);
  return sql
    .exec<{
      n: number;
    }>(`SELECT count(*) AS n FROM zset_members WHERE key_id = ?${where}`, record.id, ...values)
    .one().n;
}

/** Number of members before this one, in the given order. */
export function rankOf({ sql }: Database, record: KeyRecord, { member, score }: Scored, reverse: boolean): number {
  const sign = reverse ? ">" : "<";
  return sql
    .exec<{
      n: number;
    }>(
      `SELECT count(*) AS n FROM zset_members WHERE key_id = ? AND (score, member) ${sign} (?, ?)`,
      record.id,
      score,
      member,
    )
    .one().n;
}

function readInterval(
  sql: SqlStorage,
  record: KeyRecord,
  column: "score" | "member",
  interval: Interval<number> | Interval<Buffer>,
  reverse: boolean,
  window: Window,
): Scored[] {
  if (interval.empty) return [];
  const { where, values } = condition(column, interval);
  return fromRows(
    sql.exec<ScoredRow>(
      `SELECT member, score FROM zset_members WHERE key_id = ?${where} ${order(reverse)} LIMIT ? OFFSET ?`,
      record.id,
      ...values,
      window.limit,
      window.offset,
    ),
  );
}

function condition(
  column: string,
  { min, max }: Interval<number> | Interval<Buffer>,
): { where: string; values: (number | Buffer)[] } {
  let where = "";
  const values: (number | Buffer)[] = [];
  if (min.value !== null) {
    where += ` AND ${column} ${min.exclusive ? ">" : ">="} ?`;
    values.push(min.value);
  }
  if (max.value !== null) {
    where += ` AND ${column} ${max.exclusive ? "<" : "<="} ?`;
    values.push(max.value);
  }
  return { where, values };
}

function order(reverse: boolean): string {
  return reverse ? "ORDER BY score DESC, member DESC" : "ORDER BY score, member";
}

function fromRows(rows: Iterable<ScoredRow>): Scored[] {
  return [...rows].map(({ member, score }) => ({
    member: Buffer.from(member),
    score,
  }));
}
