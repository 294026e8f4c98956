/**
 * What libsql's compiled part gives its JavaScript, which is the package's own. Local files and databases in memory; replicas of
 * a server need the compiled part's own network code.
 */
import {
  type ColumnInfo,
  Connection,
  type Execution,
  OPEN_CREATE,
  OPEN_READWRITE,
  type SqlValue,
  type Statement,
} from "./connection";
import { type Engine, SqliteFailure } from "./engine";

interface OpenDatabase {
  connection: Connection;
  safeIntegers: boolean;
}

interface OpenStatement {
  database: OpenDatabase;
  statement: Statement;
  raw: boolean;
  safeIntegers: boolean;
}

interface Rows {
  statement: OpenStatement;
  execution: Execution;
}

type Parameters = unknown[] | Record<string, unknown>;

/** Makes the object that `require("@libsql/linux-x64-gnu")` gives. */
export function createLibsql(engine: Engine): Record<string, unknown> {
  function attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SqliteFailure)) throw error;
      const code = engine.codeName(error.code) ?? "";
      throw Object.assign(new Error(error.message), { libsqlError: true, code, rawCode: error.code });
    }
  }

  /** Starts a statement with its parameters; it is to be ended by the caller. */
  function start({ database, statement }: OpenStatement, parameters: Parameters): Execution {
    requireOpen(database);
    const execution = statement.start();
    bindAll(statement, execution, parameters);
    return execution;
  }

  function run<Result>(
    statement: OpenStatement,
    parameters: Parameters,
    work: (execution: Execution) => Result,
  ): Result {
    return attempt(() => {
      const execution = start(statement, parameters);
      try {
        return work(execution);
      } finally {
        execution.end();
      }
    });
  }

  const calls = {
    databaseOpen(path: string): OpenDatabase {
      const name = path.startsWith("file:") ? path : path.replace(/\?.*$/, "");
      const connection = openConnection(engine, name);
      connection.configure({ foreignKeys: true, stringsInDoubleQuotes: false, defensive: false });
      return { connection, safeIntegers: false };
    },
    databaseOpenWithSync(): never {
      throw new Error(
        "libsql: replicas of a remote database (syncUrl) are not possible on Workers. Use the remote database directly: createClient({ url }) without syncUrl.",
      );
    },
    databaseInTransaction: (database: OpenDatabase) => database.connection.isOpen && database.connection.inTransaction,
    databaseExec(this: OpenDatabase, sql: string): void {
      requireOpen(this);
      attempt(() => this.connection.exec(sql));
    },
    databasePrepare(this: OpenDatabase, sql: string): OpenStatement {
      requireOpen(this);
      const { statement } = attempt(() => this.connection.prepare(sql));
      if (!statement) throw new RangeError("The supplied SQL string contains no statements");
      return { database: this, statement, raw: false, safeIntegers: this.safeIntegers };
    },
    databaseClose(this: OpenDatabase): void {
      this.connection.close();
    },
    databaseInterrupt(): void {
      // No statement is ever under way while the app's code runs.
    },
    databaseDefaultSafeIntegers(this: OpenDatabase, on: boolean): void {
      this.safeIntegers = on;
    },
    databaseAuthorizer: refuse("authorizers"),
    databaseLoadExtension: refuse("extensions of SQLite"),
    databaseSync: refuse("replicas of a remote database"),
    databaseSyncUntil: refuse("replicas of a remote database"),
    databaseMaxWriteReplicationIndex: () => undefined,
    statementRaw(this: OpenStatement, on: boolean): void {
      if (this.statement.columnCount === 0) {
        throw new TypeError("The raw() method is only for statements that return data");
      }
      this.raw = on;
    },
    statementIsReader(this: OpenStatement): boolean {
      return this.statement.columnCount > 0;
    },
    statementRun(this: OpenStatement, parameters: Parameters) {
      const { connection } = this.database;
      return run(this, parameters, (execution) => {
        const before = connection.totalChanges;
        while (execution.step());
        const changes = connection.totalChanges === before ? 0 : Number(connection.changes);
        return { changes, duration: 0, lastInsertRowid: Number(connection.lastInsertRowid) };
      });
    },
    statementGet(this: OpenStatement, parameters: Parameters): unknown {
      return run(this, parameters, (execution) => {
        if (!execution.step()) return undefined;
        const row = readRow(this, execution);
        return Array.isArray(row) ? row : { ...row, _metadata: { duration: 0 } };
      });
    },
    statementRows(this: OpenStatement, parameters: Parameters): Rows {
      return { statement: this, execution: attempt(() => start(this, parameters)) };
    },
    rowsNext(this: Rows, into: unknown[]): void {
      attempt(() => {
        for (let i = 0; i < into.length; i++) {
          if (!this.execution.step()) return this.execution.end();
          into[i] = readRow(this.statement, this.execution);
        }
      });
    },
    statementColumns(this: OpenStatement): ColumnInfo[] {
      return attempt(() => this.statement.columns());
    },
    statementSafeIntegers(this: OpenStatement, on: boolean): void {
      this.safeIntegers = on;
    },
    statementInterrupt(): void {
      // No statement is ever under way while the app's code runs.
    },
  };
  return { ...calls, ...twice(calls, "databaseSync databaseSyncUntil databaseExec databasePrepare statementRows") };
}

/** The package's two interfaces call the same things by two names, one of which gives promises. */
function twice(calls: object, names: string): Record<string, unknown> {
  const both = names.split(" ").flatMap((name) => {
    const call = (calls as Record<string, (...values: unknown[]) => unknown>)[name]!;
    const later = async function (this: unknown, ...values: unknown[]): Promise<unknown> {
      return call.apply(this, values);
    };
    return [
      [`${name}Sync`, call],
      [`${name}Async`, later],
    ];
  });
  return Object.fromEntries(both) as Record<string, unknown>;
}

function openConnection(engine: Engine, path: string): Connection {
  try {
    return new Connection(engine, path, OPEN_READWRITE | OPEN_CREATE);
  } catch (error) {
    if (!(error instanceof SqliteFailure)) throw error;
    const message = `ConnectionFailed("Unable to open connection to local database ${path}: ${error.code & 0xff}")`;
    throw Object.assign(new Error(message), { code: "" });
  }
}

function refuse(what: string): () => never {
  return () => {
    throw new Error(`libsql: ${what} are not possible on Workers.`);
  };
}

function requireOpen({ connection }: OpenDatabase): void {
  if (!connection.isOpen) throw new TypeError("The database connection is not open");
}

/** Missing values are NULL, and superfluous ones are not looked at. */
function bindAll(statement: Statement, execution: Execution, parameters: Parameters): void {
  statement.parameterNames.forEach((name, i) => {
    const value = Array.isArray(parameters) ? parameters[i] : name ? parameters[name.slice(1)] : undefined;
    execution.bind(i + 1, toSql(value));
  });
}

function toSql(value: unknown): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError("SQLite can only bind numbers, strings, bigints, buffers, and null");
}

function readRow({ raw, safeIntegers }: OpenStatement, execution: Execution): SqlValue[] | Record<string, SqlValue> {
  return raw ? execution.values(safeIntegers) : execution.row(safeIntegers);
}
