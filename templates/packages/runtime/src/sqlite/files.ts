/** What SQLite needs of a file system. The runtime's own is in ../fs/database-files.ts. */

/** What `stat` tells. Times are in milliseconds since 1970. */
export interface FileStatus {
  /** The same number for the same file, and for no other: SQLite knows by it which connections share a database. */
  ino: number;
  mode: number;
  nlink: number;
  size: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
}

/** An open file. */
export interface DatabaseFile {
  read(target: Uint8Array, position: number): number;
  write(source: Uint8Array, position: number): void;
  truncate(size: number): void;
  /** Returns when everything written is on its way to disk in one piece. */
  sync(): void;
  status(): FileStatus;
  close(): void;
}

/** Files by path. What fails throws an error with Node's `code`. */
export interface DatabaseFiles {
  cwd(): string;
  /** Undefined where there is nothing: SQLite looks for its journals all the time, and an error is dear. */
  status(path: string, followLinks: boolean): FileStatus | undefined;
  /** `flags` are Linux's: O_RDWR, O_CREAT, O_EXCL, … */
  open(path: string, flags: number, mode: number): DatabaseFile;
  readlink(path: string): string;
  unlink(path: string): void;
}
