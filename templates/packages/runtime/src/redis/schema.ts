/**
 * Tables of the keyspace.
 *
 * Collections are stored one row per element, not as one blob per key: HSET on a hash of 100,000 fields then writes one
 * small row, and no collection is bound by SQLite's 2 MB per row. The element tables have no rowid, because Cloudflare
 * bills every index entry as a row written and a rowid table would need a second index for its primary key.
 *
 * Elements refer to their key by number, so RENAME, MOVE and SWAPDB never touch them.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS keys (
  id INTEGER PRIMARY KEY,
  db INTEGER NOT NULL,
  key BLOB NOT NULL,
  type INTEGER NOT NULL,
  -- Unix time in milliseconds; NULL: never
  expires INTEGER,
  -- elements of a collection, bytes of a string
  size INTEGER NOT NULL,
  -- list: position of the first element; hash and set: number given to the next element (insertion order)
  cursor INTEGER NOT NULL,
  -- string: the bytes (the first PART_BYTES of them, the rest is in string_parts); stream: its state as JSON
  value BLOB,
  UNIQUE (db, key)
);
CREATE INDEX IF NOT EXISTS keys_by_expiry ON keys (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS string_parts (
  key_id INTEGER NOT NULL,
  part INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (key_id, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hash_fields (
  key_id INTEGER NOT NULL,
  field BLOB NOT NULL,
  seq INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (key_id, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS list_items (
  key_id INTEGER NOT NULL,
  -- without gaps: the element at index i has position keys.cursor + i
  pos INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (key_id, pos)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS set_members (
  key_id INTEGER NOT NULL,
  member BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (key_id, member)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS zset_members (
  key_id INTEGER NOT NULL,
  member BLOB NOT NULL,
  score REAL NOT NULL,
  PRIMARY KEY (key_id, member)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS zset_by_score ON zset_members (key_id, score, member);
CREATE TABLE IF NOT EXISTS stream_entries (
  key_id INTEGER NOT NULL,
  -- 8 bytes of milliseconds and 8 of sequence number, big-endian: SQLite's integers end at 2^63, Redis's ids at 2^64
  entry BLOB NOT NULL,
  fields BLOB NOT NULL,
  PRIMARY KEY (key_id, entry)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream_groups (
  key_id INTEGER NOT NULL,
  name BLOB NOT NULL,
  last_id BLOB NOT NULL,
  -- NULL: not known
  entries_read INTEGER,
  PRIMARY KEY (key_id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream_consumers (
  key_id INTEGER NOT NULL,
  group_name BLOB NOT NULL,
  name BLOB NOT NULL,
  seen INTEGER NOT NULL,
  -- NULL: never
  active INTEGER,
  PRIMARY KEY (key_id, group_name, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream_pending (
  key_id INTEGER NOT NULL,
  group_name BLOB NOT NULL,
  entry BLOB NOT NULL,
  consumer BLOB NOT NULL,
  delivered INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  PRIMARY KEY (key_id, group_name, entry)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS functions (
  name TEXT PRIMARY KEY,
  code BLOB NOT NULL
) WITHOUT ROWID;
`;

/** Tables that hold elements, all by key_id. */
export const ELEMENT_TABLES = {
  string: ["string_parts"],
  hash: ["hash_fields"],
  list: ["list_items"],
  set: ["set_members"],
  zset: ["zset_members"],
  stream: ["stream_entries", "stream_groups", "stream_consumers", "stream_pending"],
} as const;

export type KeyType = keyof typeof ELEMENT_TABLES;

/** The numbers stored in keys.type. Never renumber: they are on disk. */
export const TYPE_NUMBERS: Record<KeyType, number> = {
  string: 0,
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  stream: 5,
};

export const TYPE_NAMES = Object.fromEntries(
  Object.entries(TYPE_NUMBERS).map(([name, number]) => [number, name]),
) as Record<number, KeyType>;
