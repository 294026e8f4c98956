/**
 * Persistent volumes in a Durable Object's SQLite.
 *
 * The schema is that of a small file system: entries (a name in a directory) point to i-nodes, and a file's bytes are rows of
 * at most 128 KB, or of 4 KB where the file is a database. So a file may be larger than SQLite's 2 MB per row, an append
 * rewrites one chunk, and renaming a directory changes one row.
 *
 * Every call writes at once. Durable Objects hold back responses and messages until such writes are on disk, so whatever the
 * app has been told is written survives a crash; nothing has to be flushed.
 */
import { createError } from "@jsonjoy.com/fs-core";
import type { Content } from "./content";

/** Bytes per row. A trade: small enough that an append is cheap, large enough that a photo is a handful of rows. */
export const FILE_CHUNK = 128 * 1024;
/** Bytes per row of a database: SQLite writes single pages, of this size unless told otherwise. */
export const DATABASE_CHUNK = 4096;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS dock2edge_fs_volumes (name TEXT PRIMARY KEY, inode INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dock2edge_fs_inodes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL,
  size INTEGER NOT NULL, atime REAL NOT NULL, mtime REAL NOT NULL, ctime REAL NOT NULL, btime REAL NOT NULL, target TEXT,
  chunk INTEGER NOT NULL DEFAULT ${FILE_CHUNK});
CREATE TABLE IF NOT EXISTS dock2edge_fs_entries (
  parent INTEGER NOT NULL, name TEXT NOT NULL, inode INTEGER NOT NULL, PRIMARY KEY (parent, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dock2edge_fs_entries_inode ON dock2edge_fs_entries (inode);
CREATE TABLE IF NOT EXISTS dock2edge_fs_chunks (
  inode INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (inode, number)) WITHOUT ROWID;
`;

/** What the list of kept files is called among the volumes; Compose has no such name. */
const KEPT_FILES = "/";

/** What is known of a file beside its name and its bytes. Times are in milliseconds since 1970. */
export interface Attributes {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  atime: number;
  mtime: number;
  ctime: number;
  btime: number;
  /** Where a symbolic link points. */
  target: string | null;
}

/** What a stored file's rows have beside its attributes: how many bytes each holds. */
export interface Chunked {
  chunk: number;
}

/** A directory entry as it was stored. */
export interface StoredEntry extends Attributes, Chunked {
  name: string;
  id: number;
}

/** A node of a volume: its row in the table of i-nodes. */
export interface StoredInode {
  readonly store: VolumeStore;
  readonly id: number;
}

/** All volumes of one Durable Object. */
export class VolumeStore {
  readonly #sql: SqlStorage;
  #kept: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** The i-node of a volume's root directory, or undefined for a volume that was never mounted. */
  findVolume(name: string): { id: number; attributes: Attributes } | undefined {
    const row = this.#first<{ id: number } & Attributes>(
      `SELECT i.* FROM dock2edge_fs_volumes v JOIN dock2edge_fs_inodes i ON i.id = v.inode WHERE v.name = ?`,
      name,
    );
    return row && { id: row.id, attributes: row };
  }

  createVolume(name: string, attributes: Attributes): number {
    const id = this.createInode(attributes);
    this.#sql.exec("INSERT INTO dock2edge_fs_volumes (name, inode) VALUES (?, ?)", name, id);
    return id;
  }

  /** The list of files that are kept outside of volumes: a directory whose names are whole paths. */
  keptFiles(): number {
    if (this.#kept !== undefined) return this.#kept;
    const found = this.findVolume(KEPT_FILES);
    const now = Date.now();
    const times = { atime: now, mtime: now, ctime: now, btime: now };
    const attributes = { mode: 0, uid: 0, gid: 0, size: 0, target: null, ...times };
    return (this.#kept = found?.id ?? this.createVolume(KEPT_FILES, attributes));
  }

  /** What a directory holds, by name. */
  entries(directory: number): StoredEntry[] {
    const cursor = this.#sql.exec(
      `SELECT e.name, i.* FROM dock2edge_fs_entries e JOIN dock2edge_fs_inodes i ON i.id = e.inode
       WHERE e.parent = ? ORDER BY e.name`,
      directory,
    );
    return cursor.toArray() as unknown as StoredEntry[];
  }

  createInode(a: Attributes): number {
    const row = this.#first<{ id: number }>(
      `INSERT INTO dock2edge_fs_inodes (mode, uid, gid, size, atime, mtime, ctime, btime, target)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      ...[a.mode, a.uid, a.gid, a.size, a.atime, a.mtime, a.ctime, a.btime, a.target],
    );
    return row!.id;
  }

  saveAttributes(id: number, a: Attributes): void {
    this.#sql.exec(
      `UPDATE dock2edge_fs_inodes SET mode = ?, uid = ?, gid = ?, size = ?, atime = ?, mtime = ?, ctime = ?, target = ?
       WHERE id = ?`,
      ...[a.mode, a.uid, a.gid, a.size, a.atime, a.mtime, a.ctime, a.target],
      id,
    );
  }

  /** Puts a name for an i-node into a directory. */
  addEntry(directory: number, name: string, id: number): void {
    this.#sql.exec("INSERT INTO dock2edge_fs_entries (parent, name, inode) VALUES (?, ?, ?)", directory, name, id);
  }

  /** Gives an i-node of a directory another name. */
  renameEntries(directory: number, id: number, name: string): void {
    this.#sql.exec("UPDATE dock2edge_fs_entries SET name = ? WHERE parent = ? AND inode = ?", name, directory, id);
  }

  /** Takes a name out of a directory, and says whether another name for the same i-node is left. */
  removeEntry(directory: number, name: string, id: number): boolean {
    this.#sql.exec("DELETE FROM dock2edge_fs_entries WHERE parent = ? AND name = ?", directory, name);
    return this.#first("SELECT 1 FROM dock2edge_fs_entries WHERE inode = ? LIMIT 1", id) !== undefined;
  }

  /** Deletes an i-node that no entry names any more, with its bytes. */
  removeInode(id: number): void {
    this.#sql.exec("DELETE FROM dock2edge_fs_chunks WHERE inode = ?", id);
    this.#sql.exec("DELETE FROM dock2edge_fs_inodes WHERE id = ?", id);
  }

  readChunk(id: number, number: number): Uint8Array | undefined {
    const row = this.#first<{ data: ArrayBuffer }>(
      "SELECT data FROM dock2edge_fs_chunks WHERE inode = ? AND number = ?",
      id,
      number,
    );
    return row && new Uint8Array(row.data);
  }

  writeChunk(id: number, number: number, data: Uint8Array): void {
    try {
      this.#sql.exec(
        "INSERT OR REPLACE INTO dock2edge_fs_chunks (inode, number, data) VALUES (?, ?, ?)",
        id,
        number,
        data,
      );
    } catch (error) {
      throw isFull(error) ? createError("ENOSPC" as never, "write") : error;
    }
  }

  removeChunk(id: number, number: number): void {
    this.#sql.exec("DELETE FROM dock2edge_fs_chunks WHERE inode = ? AND number = ?", id, number);
  }

  saveChunkSize(id: number, chunk: number): void {
    this.#sql.exec("UPDATE dock2edge_fs_inodes SET chunk = ? WHERE id = ?", chunk, id);
  }

  /** Deletes the chunks from `number` on. */
  removeChunksFrom(id: number, number: number): void {
    this.#sql.exec("DELETE FROM dock2edge_fs_chunks WHERE inode = ? AND number >= ?", id, number);
  }

  #first<Row>(query: string, ...values: SqlStorageValue[]): Row | undefined {
    return this.#sql.exec(query, ...values).toArray()[0] as Row | undefined;
  }
}

/** The object holds its 10 GB. */
function isFull(error: unknown): boolean {
  return error instanceof Error && /SQLITE_FULL|database or disk is full/.test(error.message);
}

/** The bytes of a file of a volume. Nothing is kept in memory; a chunk that was never written reads as zeros. */
export class StoredContent implements Content {
  readonly #store: VolumeStore;
  readonly #id: number;
  #size: number;
  #chunk: number;
  /** A database's first page, which SQLite looks at before each transaction. */
  #first: Uint8Array | undefined;

  constructor(inode: StoredInode, size: number, chunk = FILE_CHUNK) {
    this.#store = inode.store;
    this.#id = inode.id;
    this.#size = size;
    this.#chunk = chunk;
  }

  get size(): number {
    return this.#size;
  }

  /** Lays a file out for single pages to be written. One that was copied into the volume takes one pass over its bytes. */
  useDatabaseChunks(): void {
    if (this.#chunk === DATABASE_CHUNK) return;
    const ratio = this.#chunk / DATABASE_CHUNK;
    // From the end: chunk k becomes those from ratio * k on, which lie beyond every chunk that is still to come.
    for (let number = Math.ceil(this.#size / this.#chunk) - 1; number >= 0; number--) {
      const old = this.#store.readChunk(this.#id, number);
      if (!old) continue;
      this.#store.removeChunk(this.#id, number);
      for (let at = 0; at < old.length; at += DATABASE_CHUNK) {
        const part = old.subarray(at, at + DATABASE_CHUNK);
        this.#store.writeChunk(this.#id, ratio * number + at / DATABASE_CHUNK, part);
      }
    }
    this.#chunk = DATABASE_CHUNK;
    this.#store.saveChunkSize(this.#id, DATABASE_CHUNK);
  }

  read(target: Uint8Array, position: number): number {
    const chunkSize = this.#chunk;
    const end = Math.min(this.#size, position + target.length);
    for (let at = position; at < end;) {
      const number = Math.floor(at / chunkSize);
      const stop = Math.min(end, (number + 1) * chunkSize);
      const chunk = this.#readChunk(number) ?? new Uint8Array(0);
      const part = chunk.subarray(at - number * chunkSize, stop - number * chunkSize);
      target.set(part, at - position);
      target.fill(0, at - position + part.length, stop - position);
      at = stop;
    }
    return Math.max(0, end - position);
  }

  write(source: Uint8Array, position: number): void {
    const end = position + source.length;
    for (let at = position; at < end;) {
      const number = Math.floor(at / this.#chunk);
      const stop = Math.min(end, (number + 1) * this.#chunk);
      this.#writePart(number, at - number * this.#chunk, source.subarray(at - position, stop - position));
      at = stop;
    }
    this.#size = Math.max(this.#size, end);
  }

  truncate(size: number): void {
    this.#first = undefined;
    const last = Math.floor(size / this.#chunk);
    const kept = size % this.#chunk;
    if (size < this.#size) {
      this.#store.removeChunksFrom(this.#id, kept === 0 ? last : last + 1);
      const chunk = kept === 0 ? undefined : this.#store.readChunk(this.#id, last);
      if (chunk && chunk.length > kept) this.#store.writeChunk(this.#id, last, chunk.subarray(0, kept));
    }
    this.#size = size;
  }

  #readChunk(number: number): Uint8Array | undefined {
    if (number > 0 || this.#chunk !== DATABASE_CHUNK) return this.#store.readChunk(this.#id, number);
    return (this.#first ??= this.#store.readChunk(this.#id, 0));
  }

  #writePart(number: number, offset: number, part: Uint8Array): void {
    if (number === 0) this.#first = undefined;
    // A whole chunk needs no look at what is there.
    if (part.length === this.#chunk) return this.#store.writeChunk(this.#id, number, part);
    const old = this.#store.readChunk(this.#id, number);
    if (offset === 0 && part.length >= (old?.length ?? 0)) {
      this.#store.writeChunk(this.#id, number, part);
      return;
    }
    const merged = new Uint8Array(Math.max(old?.length ?? 0, offset + part.length));
    if (old) merged.set(old);
    merged.set(part, offset);
    this.#store.writeChunk(this.#id, number, merged);
  }
}
