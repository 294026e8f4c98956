import { wrongType } from "./errors";
import { ELEMENT_TABLES, type KeyType, SCHEMA, TYPE_NAMES, TYPE_NUMBERS } from "./schema";

/** One key as it stands in the `keys` table. Change it through `Keyspace.save`. */
export interface KeyRecord {
  readonly id: number;
  db: number;
  key: Buffer;
  readonly type: KeyType;
  /** Unix time in milliseconds; null: never. */
  expires: number | null;
  /** Elements of a collection, bytes of a string. */
  size: number;
  /** See the schema. */
  cursor: number;
  /** See the schema; null for collections. */
  value: Buffer | null;
}

/** What a row of `keys` looks like. A type, not an interface: SqlStorage wants an index signature. */
type KeyRow = {
  id: number;
  db: number;
  key: ArrayBuffer;
  type: number;
  expires: number | null;
  size: number;
  cursor: number;
  value: ArrayBuffer | null;
};

/** The classes of keyspace notifications, by the letter `notify-keyspace-events` uses. */
export type EventClass = "g" | "$" | "l" | "s" | "h" | "z" | "x" | "e" | "t" | "n";

/** Who wants to hear of changes: the server, for WATCH, blocked clients and keyspace notifications. */
export interface KeyspaceListener {
  /** The key's value changed, or the key came or went. */
  keyChanged(db: number, key: Buffer): void;
  /** Something with a name in Redis's notification list happened to the key. */
  keyEvent(db: number, key: Buffer, eventClass: EventClass, name: string): void;
  /** A key now has this expiry time (Unix milliseconds). */
  expirySet(expires: number): void;
}

/** Records kept in memory. Small, because a Durable Object has 128 MB in all. */
const CACHE_RECORDS = 4096;
/** A string longer than this is read from SQLite each time. */
const CACHE_VALUE_BYTES = 4096;

/**
 * The keys of all databases, over SQLite.
 *
 * Everything is synchronous, so a command runs from start to end without another one in between, which is what makes
 * Redis commands atomic. Writes of one event are committed together by the Durable Object, and its output gate holds the
 * replies back until they are on disk.
 *
 * Records are cached. This object is the only writer of its database and every change goes through `save`, `create` and
 * `remove`, so a cached record is never stale; if a commit fails the whole object is reset and the cache with it.
 */
export class Keyspace {
  readonly sql: SqlStorage;
  private readonly listener: KeyspaceListener;
  private readonly cache = new Map<string, KeyRecord>();

  constructor(sql: SqlStorage, listener: KeyspaceListener) {
    this.sql = sql;
    this.listener = listener;
    sql.exec(SCHEMA);
  }

  /** The key's record, or null when there is none or it has just expired. */
  find(db: number, key: Buffer): KeyRecord | null {
    const record = this.read(db, key);
    if (record === null) return null;
    if (record.expires !== null && record.expires <= Date.now()) {
      this.expire(record);
      return null;
    }
    return record;
  }

  /** The same, but the key must hold `type`: WRONGTYPE otherwise. */
  findTyped(db: number, key: Buffer, type: KeyType): KeyRecord | null {
    const record = this.find(db, key);
    if (record !== null && record.type !== type) throw wrongType();
    return record;
  }

  /** Makes an empty key; there must be none of that name. */
  create(
    db: number,
    key: Buffer,
    type: KeyType,
    initial: {
      size?: number;
      cursor?: number;
      value?: Buffer | null;
      expires?: number | null;
    } = {},
  ): KeyRecord {
    const { size = 0, cursor = 0, value = null, expires = null } = initial;
    const { id } = this.sql
      .exec<{ id: number }>(
        `INSERT INTO keys (db, key, type, expires, size, cursor, value)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        db,
        key,
        TYPE_NUMBERS[type],
        expires,
        size,
        cursor,
        value,
      )
      .one();
    // The key is a view of the client's input; a copy keeps that from staying in memory.
    const own = Buffer.from(key);
    const record = { id, db, key: own, type, expires, size, cursor, value };
    this.remember(record);
    if (expires !== null) this.listener.expirySet(expires);
    this.listener.keyEvent(db, own, "n", "new");
    return record;
  }

  findOrCreate(db: number, key: Buffer, type: KeyType): KeyRecord {
    return this.findTyped(db, key, type) ?? this.create(db, key, type);
  }

  /** Changes fields of a record, here and on disk. */
  save(
    record: KeyRecord,
    changes: Partial<Pick<KeyRecord, "db" | "key" | "expires" | "size" | "cursor" | "value">>,
  ): void {
    const names = Object.keys(changes) as (keyof typeof changes)[];
    this.sql.exec(
      `UPDATE keys SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`,
      ...names.map((name) => changes[name] ?? null),
      record.id,
    );
    this.forget(record);
    Object.assign(record, changes);
    this.remember(record);
    if (changes.expires) this.listener.expirySet(changes.expires);
  }

  /** Deletes a key and its elements. */
  remove(record: KeyRecord): void {
    this.dropElements(record);
    this.sql.exec("DELETE FROM keys WHERE id = ?", record.id);
    this.forget(record);
  }

  /** Sets a collection's new size; one that has become empty is removed, as Redis does. */
  resize(record: KeyRecord, size: number, cursor = record.cursor): void {
    if (size === 0) {
      this.remove(record);
      this.event(record.db, record.key, "g", "del");
    } else if (size !== record.size || cursor !== record.cursor) {
      this.save(record, { size, cursor });
    }
  }

  /** Says that a command changed the key, and what it is called in keyspace notifications. */
  changed(db: number, key: Buffer, eventClass: EventClass, name: string): void {
    this.listener.keyChanged(db, key);
    this.listener.keyEvent(db, key, eventClass, name);
  }

  /** Only the notification, for a command that announces two things about one change. */
  event(db: number, key: Buffer, eventClass: EventClass, name: string): void {
    this.listener.keyEvent(db, key, eventClass, name);
  }

  /** Live keys of a database. */
  count(db: number): number {
    return this.sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM keys WHERE db = ? AND (expires IS NULL OR expires > ?)",
        db,
        Date.now(),
      )
      .one().n;
  }

  /** Up to `limit` live keys with a number above `afterId`, in order of their numbers (which never change). */
  page(db: number, afterId: number, limit: number): KeyRecord[] {
    return this.sql
      .exec<KeyRow>(
        `SELECT * FROM keys WHERE id > ? AND db = ? AND (expires IS NULL OR expires > ?)
         ORDER BY id LIMIT ?`,
        afterId,
        db,
        Date.now(),
        limit,
      )
      .toArray()
      .map(fromRow);
  }

  /** Names of all live keys. */
  names(db: number): Buffer[] {
    return this.sql
      .exec<{ key: ArrayBuffer }>(
        "SELECT key FROM keys WHERE db = ? AND (expires IS NULL OR expires > ?)",
        db,
        Date.now(),
      )
      .toArray()
      .map((row) => Buffer.from(row.key));
  }

  /** A live key picked at random, or null in an empty database. */
  random(db: number): Buffer | null {
    const [row] = this.sql
      .exec<{ key: ArrayBuffer }>(
        `SELECT key FROM keys WHERE db = ? AND (expires IS NULL OR expires > ?)
         ORDER BY random() LIMIT 1`,
        db,
        Date.now(),
      )
      .toArray();
    return row ? Buffer.from(row.key) : null;
  }

  /** Deletes every key of one database, or of all. */
  flush(db: number | null): void {
    const keys = this.sql
      .exec<{
        db: number;
        key: ArrayBuffer;
      }>(`SELECT db, key FROM keys ${db === null ? "" : "WHERE db = ?"}`, ...(db === null ? [] : [db]))
      .toArray();
    for (const table of Object.values(ELEMENT_TABLES).flat()) {
      this.sql.exec(
        db === null
          ? `DELETE FROM ${table}`
          : `DELETE FROM ${table} WHERE key_id IN (SELECT id FROM keys WHERE db = ?)`,
        ...(db === null ? [] : [db]),
      );
    }
    this.sql.exec(`DELETE FROM keys ${db === null ? "" : "WHERE db = ?"}`, ...(db === null ? [] : [db]));
    this.cache.clear();
    for (const row of keys) this.listener.keyChanged(row.db, Buffer.from(row.key));
  }

  /** Exchanges the keys of two databases. */
  swap(a: number, b: number): void {
    const changed = this.sql
      .exec<{
        key: ArrayBuffer;
      }>("SELECT key FROM keys WHERE db IN (?, ?)", a, b)
      .toArray();
    // By way of an impossible number: UNIQUE (db, key) is checked row by row.
    this.sql.exec("UPDATE keys SET db = -1 WHERE db = ?", a);
    this.sql.exec("UPDATE keys SET db = ? WHERE db = ?", a, b);
    this.sql.exec("UPDATE keys SET db = ? WHERE db = -1", b);
    this.cache.clear();
    for (const row of changed) {
      const key = Buffer.from(row.key);
      this.listener.keyChanged(a, key);
      this.listener.keyChanged(b, key);
    }
  }

  /** Deletes up to `limit` expired keys; returns how many. */
  removeExpired(limit: number): number {
    const rows = this.sql
      .exec<KeyRow>("SELECT * FROM keys WHERE expires <= ? ORDER BY expires LIMIT ?", Date.now(), limit)
      .toArray();
    for (const row of rows) this.expire(fromRow(row));
    return rows.length;
  }

  /** The earliest expiry of all keys (Unix milliseconds), or null. */
  nextExpiry(): number | null {
    return this.sql
      .exec<{
        next: number | null;
      }>("SELECT min(expires) AS next FROM keys WHERE expires IS NOT NULL")
      .one().next;
  }

  private expire(record: KeyRecord): void {
    this.remove(record);
    this.changed(record.db, record.key, "x", "expired");
  }

  private read(db: number, key: Buffer): KeyRecord | null {
    const cached = this.cache.get(cacheKey(db, key));
    if (cached) return cached;
    const [row] = this.sql.exec<KeyRow>("SELECT * FROM keys WHERE db = ? AND key = ?", db, key).toArray();
    if (!row) return null;
    const record = fromRow(row);
    this.remember(record);
    return record;
  }

  private dropElements(record: KeyRecord): void {
    if (record.type === "string" && record.size <= (record.value?.length ?? 0)) {
      return;
    }
    for (const table of ELEMENT_TABLES[record.type]) {
      this.sql.exec(`DELETE FROM ${table} WHERE key_id = ?`, record.id);
    }
  }

  private remember(record: KeyRecord): void {
    if ((record.value?.length ?? 0) > CACHE_VALUE_BYTES) return;
    if (this.cache.size >= CACHE_RECORDS) {
      // A Map iterates in insertion order, so the first one is the oldest.
      const oldest = this.cache.keys().next();
      if (!oldest.done) this.cache.delete(oldest.value);
    }
    this.cache.set(cacheKey(record.db, record.key), record);
  }

  private forget(record: KeyRecord): void {
    this.cache.delete(cacheKey(record.db, record.key));
  }
}

function cacheKey(db: number, key: Buffer): string {
  return `${db}:${key.toString("latin1")}`;
}

function fromRow(row: KeyRow): KeyRecord {
  return {
    ...row,
    key: Buffer.from(row.key),
    type: TYPE_NAMES[row.type]!,
    value: row.value === null ? null : Buffer.from(row.value),
  };
}
