/**
 * The app's files as SQLite opens them.
 *
 * What a database is made of survives restarts even outside of volumes, /tmp aside: a container keeps such a file for as long as
 * it exists, but a Durable Object is taken out of memory whenever it has been idle.
 */
import { createError, type File } from "@jsonjoy.com/fs-core";
import type { DatabaseFile, DatabaseFiles, FileStatus } from "../sqlite/files";
import { type Content, MemoryContent } from "./content";
import type { FileNode } from "./node";
import { StoredContent, type VolumeStore } from "./store";
import type { FileTree } from "./tree";

const O_ACCMODE = 3;
const O_RDONLY = 0;
const O_RDWR = 2;
const O_CREAT = 0o100;
const S_IFREG = 0o100000;

export class TreeDatabaseFiles implements DatabaseFiles {
  readonly cwd: () => string;
  readonly #tree: FileTree;
  readonly #store: VolumeStore | undefined;
  readonly #journals = new Map<string, Journal>();
  /** The files through which connections share the index of a write-ahead log. They mean nothing after a restart. */
  readonly #indexes = new Map<string, Journal>();

  constructor(tree: FileTree, cwd: () => string, store: VolumeStore | undefined) {
    this.#tree = tree;
    this.cwd = cwd;
    this.#store = store;
  }

  open(path: string, flags: number, mode: number): DatabaseFile {
    const journal = this.#journals.get(path) ?? this.#index(path, flags) ?? this.#newJournal(path, flags);
    if (journal) return new OpenJournal(journal);
    return new OpenFile(this.#openNode(path, flags, mode), this.#tree, () => this.#beforeWrite(path));
  }

  status(path: string, followLinks: boolean): FileStatus | undefined {
    const journal = this.#journals.get(path) ?? this.#indexes.get(path);
    if (journal) return journal.status();
    const link = this.#tree.find(path, followLinks);
    return link ? statusOf(link.getNode() as FileNode) : undefined;
  }

  readlink(path: string): string {
    const node = this.#tree.getLinkOrThrow(path, "readlink").getNode();
    if (!node.isSymlink()) throw createError("EINVAL" as never, "readlink", path);
    return node.symlink;
  }

  unlink(path: string): void {
    if (!this.#journals.delete(path) && !this.#indexes.delete(path)) this.#tree.unlink(path);
  }

  #openNode(path: string, flags: number, mode: number): File {
    const fd = this.#tree.open(path, flags, mode);
    const file = this.#tree.fds[fd]!;
    const node = file.node as FileNode;
    const isWritten = (flags & O_ACCMODE) !== O_RDONLY && node.isFile();
    if (isWritten && this.#store) this.#tree.keep(file.link, this.#store);
    if (isWritten && node.content instanceof StoredContent) node.content.useDatabaseChunks();
    return file;
  }

  #index(path: string, flags: number): Journal | undefined {
    if (!path.endsWith("-shm")) return undefined;
    const found = this.#indexes.get(path);
    if (found || (flags & O_CREAT) === 0) return found;
    const index = new Journal(++this.#tree.ino);
    this.#indexes.set(path, index);
    return index;
  }

  // ---------------------------------------------------------------- journals

  /**
   * A rollback journal undoes what a crash has left half done. Here it is only needed when pages of a transaction reach the
   * database before its end, which a large transaction's do: all writes up to the next time the process waits become durable in
   * one piece, and a commit does not wait. So a journal is kept in memory, and written down when it turns out to be needed.
   */
  #newJournal(path: string, flags: number): Journal | undefined {
    if (!path.endsWith("-journal") || (flags & O_CREAT) === 0) return undefined;
    if (this.#tree.find(path, false)) return undefined;
    const journal = new Journal(++this.#tree.ino);
    this.#journals.set(path, journal);
    return journal;
  }

  #beforeWrite(path: string): void {
    const name = `${path}-journal`;
    const journal = this.#journals.get(name);
    if (!journal || journal.isWatched) return;
    journal.isWatched = true;
    queueMicrotask(() => {
      journal.isWatched = false;
      if (this.#journals.get(name) === journal && journal.isValid()) this.#writeDown(name, journal);
    });
  }

  #writeDown(path: string, journal: Journal): void {
    const file = this.#openNode(path, O_RDWR | O_CREAT, journal.mode);
    const node = file.node as FileNode;
    const bytes = new Uint8Array(journal.content.size);
    journal.content.read(bytes, 0);
    node.content.write(bytes, 0);
    this.#tree.changed(file);
    journal.moveTo(new OpenFile(file, this.#tree, () => undefined));
    this.#journals.delete(path);
  }
}

/** A journal, in memory until it has to be a file. */
class Journal {
  readonly mode = S_IFREG | 0o644;
  readonly content: Content = new MemoryContent();
  readonly #ino: number;
  readonly #createdAt = Date.now();
  /** Whether it is already going to be looked at when the process next waits. */
  isWatched = false;
  /** The file it has become. */
  file: DatabaseFile | undefined;

  constructor(ino: number) {
    this.#ino = ino;
  }

  /** Whether it would undo anything: SQLite empties a journal that is done with, or overwrites its beginning with zeros. */
  isValid(): boolean {
    const first = new Uint8Array(1);
    return this.content.read(first, 0) === 1 && first[0] !== 0;
  }

  moveTo(file: DatabaseFile): void {
    this.file = file;
    this.content.truncate(0);
  }

  status(): FileStatus {
    const time = this.#createdAt;
    const times = { atimeMs: time, mtimeMs: time, ctimeMs: time };
    return this.file?.status() ?? { ino: this.#ino, mode: this.mode, nlink: 1, size: this.content.size, ...times };
  }
}

class OpenJournal implements DatabaseFile {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  read(target: Uint8Array, position: number): number {
    return (this.#journal.file ?? this.#journal.content).read(target, position);
  }

  write(source: Uint8Array, position: number): void {
    (this.#journal.file ?? this.#journal.content).write(source, position);
  }

  truncate(size: number): void {
    (this.#journal.file ?? this.#journal.content).truncate(size);
  }

  sync(): void {
    this.#journal.file?.sync();
  }

  status(): FileStatus {
    return this.#journal.status();
  }

  close(): void {
    this.#journal.file?.close();
  }
}

// ---------------------------------------------------------------- files

class OpenFile implements DatabaseFile {
  readonly #file: File;
  readonly #tree: FileTree;
  readonly #beforeWrite: () => void;
  #isChanged = false;

  constructor(file: File, tree: FileTree, beforeWrite: () => void) {
    this.#file = file;
    this.#tree = tree;
    this.#beforeWrite = beforeWrite;
  }

  get #node(): FileNode {
    return this.#file.node as FileNode;
  }

  read(target: Uint8Array, position: number): number {
    return this.#node.content.read(target, position);
  }

  write(source: Uint8Array, position: number): void {
    this.#beforeWrite();
    this.#node.content.write(source, position);
    this.#change();
  }

  truncate(size: number): void {
    this.#beforeWrite();
    this.#node.content.truncate(size);
    this.#change();
  }

  sync(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.#tree.changed(this.#file);
  }

  status(): FileStatus {
    return statusOf(this.#node);
  }

  close(): void {
    this.sync();
    this.#tree.close(this.#file.fd);
  }

  /** Size and times are written once for many pages: when SQLite asks, or at the latest before the process waits. */
  #change(): void {
    if (this.#isChanged) return;
    this.#isChanged = true;
    queueMicrotask(() => this.sync());
  }
}

function statusOf(node: FileNode): FileStatus {
  return {
    ino: node.ino,
    mode: node.mode,
    nlink: node.nlink,
    size: node.getSize(),
    atimeMs: node.atime.getTime(),
    mtimeMs: node.mtime.getTime(),
    ctimeMs: node.ctime.getTime(),
  };
}
