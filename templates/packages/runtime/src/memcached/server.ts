import { Cache, type CacheOptions, sameSecret } from "./cache";
import type { Session } from "./session";

/** A user in the form that the text protocol's login has: "name password". */
export interface MemcachedUser {
  name: string;
  password: string;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS items (
  key TEXT PRIMARY KEY,
  flags INTEGER NOT NULL,
  -- Unix milliseconds; 0: never
  expires INTEGER NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;
`;

/**
 * A memcached without its network.
 *
 * Items are in memory, as in memcached. When the last client leaves, what changed is put aside in SQLite, because the object
 * may be evicted while nobody is connected, and for its clients that is no restart.
 */
export class MemcachedServerState {
  readonly cache: Cache;
  readonly user: MemcachedUser | null;
  readonly sessions = new Set<Session>();
  readonly startedAt = Date.now();
  accepted = 0;
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage, options: CacheOptions, user: MemcachedUser | null) {
    this.sql = sql;
    this.user = user;
    this.cache = new Cache(options);
    sql.exec(SCHEMA);
    for (const row of sql.exec<Record<string, SqlStorageValue>>("SELECT * FROM items").toArray()) {
      this.cache.restore({
        key: row.key as string,
        flags: row.flags as number,
        expires: row.expires as number,
        value: Buffer.from(row.value as ArrayBuffer),
      });
    }
  }

  /** Whether these are the user's name and password. */
  accepts(credentials: string): boolean {
    return this.user === null || sameSecret(`${this.user.name} ${this.user.password}`, credentials);
  }

  opened(session: Session): void {
    this.sessions.add(session);
    this.accepted++;
  }

  closed(session: Session): void {
    this.sessions.delete(session);
    if (this.sessions.size === 0) this.putAside();
  }

  private putAside(): void {
    for (const key of this.cache.changed) {
      const item = this.cache.find(key, false);
      if (item) {
        this.sql.exec(
          "INSERT OR REPLACE INTO items (key, flags, expires, value) VALUES (?, ?, ?, ?)",
          key,
          item.flags,
          item.expires,
          item.value,
        );
      } else {
        this.sql.exec("DELETE FROM items WHERE key = ?", key);
      }
    }
    this.cache.changed.clear();
  }
}
