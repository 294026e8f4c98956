/**
 * Tables of the Durable Object's SQLite. Each collection has a table of its documents, `c_<id>`, in the order of insertion, and
 * each index a table of keys, `i_<id>`; both are made with the collection and the index.
 */

const TABLES = [
  `CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, options BLOB NOT NULL, UNIQUE (db, name))`,
  `CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, spec BLOB NOT NULL, multikey INTEGER NOT NULL DEFAULT 0)`,
  // What of a document is too long for one row.
  `CREATE TABLE IF NOT EXISTS overflow (
    collection INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (collection, seq, part)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS users (db TEXT NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (db, name)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS retried (
    session BLOB PRIMARY KEY, txn INTEGER NOT NULL, replies BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, event BLOB NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
];

export function createTables(sql: SqlStorage): void {
  for (const table of TABLES) sql.exec(table);
}

/** Small values that outlast the object's memory: whether the init scripts ran, the replica set's name. */
export class Facts {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(name: string): string | null {
    const [row] = this.#sql.exec<{ value: string }>("SELECT value FROM facts WHERE name = ?", name).toArray();
    return row?.value ?? null;
  }

  set(name: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value);
  }
}
