/** The errors that the package sqlite3 gives: "SQLITE_CONSTRAINT: UNIQUE constraint failed: t.a" with `errno` and `code`. */
import { type Engine, SqliteFailure } from "../engine";

export type Callback = (...values: unknown[]) => void;

export type Sqlite3Error = Error & { errno: number; code: string };

/** Makes an error of a result code. The package does not ask for extended codes. */
export function sqlite3Error(engine: Engine, message: string, code: number): Sqlite3Error {
  const errno = code & 0xff;
  const name = engine.codeName(errno) ?? "UNKNOWN";
  return Object.assign(new Error(`${name}: ${message}`), { errno, code: name });
}

/** What was thrown, as the package's error. Anything but SQLite's own failures is a defect, and passes. */
export function asSqlite3Error(engine: Engine, thrown: unknown): Sqlite3Error {
  if (thrown instanceof SqliteFailure) return sqlite3Error(engine, thrown.message, thrown.code);
  throw thrown;
}
