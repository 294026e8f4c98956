/**
 * SQLite for a lifted app: the compiled parts of the packages better-sqlite3, sqlite3 and libsql, and the module node:sqlite.
 *
 * The packages keep their own JavaScript, so their interfaces are exactly their own. Their compiled parts cannot be loaded; what
 * is here takes their place, over SQLite's own WebAssembly build (engine.ts, connection.ts), which reads and writes the app's
 * files (system.ts). Databases of volumes, and all others outside of /tmp, survive restarts; docs/sqlite.md of dock2edge says how.
 */
import { createBetterSqlite3 } from "./better-sqlite3";
import { Engine, type SqliteModules } from "./engine";
import type { DatabaseFiles } from "./files";
import { createLibsql } from "./libsql";
import { createNodeSqlite } from "./node-sqlite";
import { createSqlite3 } from "./sqlite3";
import { createTurns } from "./turns";

export type { SqliteModules } from "./engine";

/** What SQLite needs of one instance of the app. */
export interface SqliteHost {
  files: DatabaseFiles;
  /** Calls into the app. */
  guard(callback: () => void): void;
  /** Calls back in a later turn of the event loop. */
  nextTurn(callback: () => void): void;
  /** Calls into the app after a time. */
  wait(callback: () => void, ms: number): void;
}

/** What the packed app asks for, by the name of the module it would have loaded. */
export type SqliteBindings = Record<"better-sqlite3" | "libsql" | "node:sqlite" | "sqlite3", () => unknown>;

/** Makes SQLite for instances of an app. Each gets its own, when it first asks for it. */
export function sqliteFrom(modules: SqliteModules): (host: SqliteHost) => SqliteBindings {
  return (host) => {
    let engine: Engine | undefined;
    const shared = (): Engine => (engine ??= new Engine(modules, host.files));
    return {
      "better-sqlite3": once(() => createBetterSqlite3(shared())),
      libsql: once(() => createLibsql(shared())),
      "node:sqlite": once(() => createNodeSqlite(shared())),
      sqlite3: once(() =>
        createSqlite3({ engine: shared(), later: createTurns(host.nextTurn, host.guard), wait: host.wait }),
      ),
    };
  };
}

function once<Result>(make: () => Result): () => Result {
  let made: { result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}
