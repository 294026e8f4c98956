/** The module node:sqlite, as Node 22 has it. */
import { Buffer } from "node:buffer";
import { codedError } from "../errors";
import {
  Connection,
  type Execution,
  OPEN_CREATE,
  OPEN_READONLY,
  OPEN_READWRITE,
  type SqlValue,
  type Statement,
} from "./connection";
import { type Engine, SQLITE_DONE, SQLITE_OK, SqliteFailure } from "./engine";
import { defineAggregate, defineFunction, errorText, PageCopy } from "./functions";

interface DatabaseOptions {
  open?: boolean;
  readOnly?: boolean;
  enableForeignKeyConstraints?: boolean;
  enableDoubleQuotedStringLiterals?: boolean;
  readBigInts?: boolean;
  returnArrays?: boolean;
  allowBareNamedParameters?: boolean;
  allowUnknownNamedParameters?: boolean;
}

interface FunctionOptions {
  useBigIntArguments?: boolean;
  varargs?: boolean;
  deterministic?: boolean;
  directOnly?: boolean;
}

interface AggregateOptions extends FunctionOptions {
  start: unknown;
  step(accumulated: unknown, ...values: unknown[]): unknown;
  result?(accumulated: unknown): unknown;
  inverse?(accumulated: unknown, ...values: unknown[]): unknown;
}

type Path = string | URL | Uint8Array;
type AnyFunction = (...values: unknown[]) => unknown;

const CHANGESET = {
  SQLITE_CHANGESET_DATA: 1,
  SQLITE_CHANGESET_NOTFOUND: 2,
  SQLITE_CHANGESET_CONFLICT: 3,
  SQLITE_CHANGESET_CONSTRAINT: 4,
  SQLITE_CHANGESET_FOREIGN_KEY: 5,
  SQLITE_CHANGESET_OMIT: 0,
  SQLITE_CHANGESET_REPLACE: 1,
  SQLITE_CHANGESET_ABORT: 2,
};
const MAX_INT64 = 2n ** 63n - 1n;
const BACKUP_PAGES = 100;

/** Makes the module. */
export function createNodeSqlite(engine: Engine): Record<string, unknown> {
  /** Runs a call into SQLite, and turns what it reports into Node's error. */
  function attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const own = thrown;
      if (own) throw own.error;
      throw error instanceof SqliteFailure ? nodeError(engine, error) : error;
    } finally {
      thrown = undefined;
    }
  }

  /** What a function of the application has thrown while SQLite called it. */
  let thrown: { error: unknown } | undefined;
  const functionSettings = (name: string, parameters: number, options: FunctionOptions) => ({
    ...{ name, parameters, deterministic: options.deterministic ?? false, directOnly: options.directOnly ?? false },
    bigints: options.useBigIntArguments ?? false,
    onError: (error: unknown) => (thrown ??= { error }),
    convert: toSql,
  });

  class DatabaseSync {
    readonly #path: string;
    readonly #options: DatabaseOptions;
    #connection: Connection | undefined;

    constructor(path: Path, options: DatabaseOptions = {}) {
      if (!new.target)
        throw codedError("ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`", TypeError);
      this.#path = pathOf(path);
      if (options === null || typeof options !== "object")
        throw invalidType('The "options" argument must be an object.');
      this.#options = options;
      if (options.open !== false) this.open();
    }

    open(): void {
      if (this.#connection) throw invalidState("database is already open");
      const flags = this.#options.readOnly ? OPEN_READONLY : OPEN_READWRITE | OPEN_CREATE;
      this.#connection = attempt(() => new Connection(engine, this.#path, flags));
      this.#connection.configure({
        foreignKeys: this.#options.enableForeignKeyConstraints ?? true,
        stringsInDoubleQuotes: this.#options.enableDoubleQuotedStringLiterals ?? false,
        defensive: false,
      });
    }

    close(): void {
      this.#open().close();
      this.#connection = undefined;
    }

    get isOpen(): boolean {
      return this.#connection !== undefined;
    }

    get isTransaction(): boolean {
      return this.#open().inTransaction;
    }

    location(schema = "main"): string | null {
      return this.#open().filename(schema) || null;
    }

    exec(sql: string): void {
      const connection = this.#open();
      if (typeof sql !== "string") throw invalidType('The "sql" argument must be a string.');
      attempt(() => connection.exec(sql));
    }

    prepare(sql: string, options: DatabaseOptions = {}): StatementSync {
      const connection = this.#open();
      if (typeof sql !== "string") throw invalidType('The "sql" argument must be a string.');
      const { statement } = attempt(() => connection.prepare(sql));
      return new StatementSync(MADE_HERE, connection, statement, sql, { ...this.#options, ...options });
    }

    function(name: string, options: FunctionOptions | AnyFunction, code?: AnyFunction): void {
      const connection = this.#open();
      const call = (typeof options === "function" ? options : code) as AnyFunction;
      const given = typeof options === "function" ? {} : options;
      if (typeof name !== "string") throw invalidType('The "name" argument must be a string.');
      if (typeof call !== "function") throw invalidType('The "function" argument must be a function.');
      const settings = functionSettings(name, given.varargs ? -1 : call.length, given);
      attempt(() => defineFunction(connection, settings, (values) => call(...values)));
    }

    aggregate(name: string, options: AggregateOptions): void {
      const connection = this.#open();
      const { start, step, result, inverse } = options;
      if (typeof step !== "function") throw invalidType('The "options.step" argument must be a function.');
      const settings = functionSettings(
        name,
        options.varargs ? -1 : Math.max(step.length, inverse?.length ?? 0) - 1,
        options,
      );
      const code = {
        start: () => (typeof start === "function" ? (start as AnyFunction)() : start),
        step: (accumulated: unknown, values: SqlValue[]) => step(accumulated, ...values),
        inverse: inverse && ((accumulated: unknown, values: SqlValue[]) => inverse(accumulated, ...values)),
        result: (accumulated: unknown) => (result ? result(accumulated) : accumulated),
      };
      attempt(() => defineAggregate(connection, settings, code));
    }

    createSession(): never {
      return refuse("sessions and changesets");
    }

    applyChangeset(): never {
      return refuse("sessions and changesets");
    }

    loadExtension(): never {
      return refuse("extensions");
    }

    enableLoadExtension(allow: boolean): void {
      if (allow) refuse("extensions");
    }

    [Symbol.dispose](): void {
      if (this.#connection) this.close();
    }

    /** For `backup`. */
    static connectionOf(database: DatabaseSync): Connection {
      return database.#open();
    }

    #open(): Connection {
      if (!this.#connection) throw invalidState("database is not open");
      return this.#connection;
    }
  }

  class StatementSync {
    readonly #connection: Connection;
    readonly #statement: Statement | undefined;
    readonly #sql: string;
    readonly #options: DatabaseOptions;
    /** What the last call bound; Node keeps it for `expandedSQL`. */
    #expanded: string;

    constructor(
      made: symbol,
      connection: Connection,
      statement: Statement | undefined,
      sql: string,
      options: DatabaseOptions,
    ) {
      if (made !== MADE_HERE) throw codedError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor", TypeError);
      this.#connection = connection;
      this.#statement = statement;
      this.#sql = sql;
      this.#options = { ...options };
      this.#expanded = sql;
    }

    get sourceSQL(): string {
      return this.#sql;
    }

    get expandedSQL(): string {
      return this.#expanded;
    }

    run(...values: unknown[]): { lastInsertRowid: number | bigint; changes: number | bigint } {
      return this.#execute(values, (execution) => {
        while (execution.step());
        return {
          lastInsertRowid: this.#integer(this.#connection.lastInsertRowid),
          changes: this.#integer(this.#connection.changes),
        };
      });
    }

    get(...values: unknown[]): unknown {
      return this.#execute(values, (execution) => (execution.step() ? this.#row(execution) : undefined));
    }

    all(...values: unknown[]): unknown[] {
      return this.#execute(values, (execution) => {
        const rows: unknown[] = [];
        while (execution.step()) rows.push(this.#row(execution));
        return rows;
      });
    }

    iterate(...values: unknown[]): IteratorObject<unknown> {
      const execution = this.#start(values);
      const done = (): IteratorResult<unknown> => {
        execution.end();
        return { done: true, value: null };
      };
      let isDone = false;
      const iterator = {
        next: (): IteratorResult<unknown> => {
          if (isDone) return done();
          const found = attempt(() => (execution.step() ? { value: this.#row(execution) } : undefined));
          if (found) return { done: false, value: found.value };
          isDone = true;
          return done();
        },
        return: (): IteratorResult<unknown> => {
          isDone = true;
          return done();
        },
      };
      return Object.setPrototypeOf(iterator, ITERATOR) as IteratorObject<unknown>;
    }

    columns(): unknown[] {
      if (!this.#statement) return [];
      const statement = this.#statement;
      return attempt(() => statement.columns()).map(({ column, database, name, table, type }) =>
        Object.assign(Object.create(null) as object, { column, database, name, table, type }),
      );
    }

    setReadBigInts(on: boolean): void {
      this.#options.readBigInts = requireBoolean(on, "readBigInts");
    }

    setReturnArrays(on: boolean): void {
      this.#options.returnArrays = requireBoolean(on, "returnArrays");
    }

    setAllowBareNamedParameters(on: boolean): void {
      this.#options.allowBareNamedParameters = requireBoolean(on, "allowBareNamedParameters");
    }

    setAllowUnknownNamedParameters(on: boolean): void {
      this.#options.allowUnknownNamedParameters = requireBoolean(on, "enabled");
    }

    #start(values: unknown[]): Execution {
      if (!this.#connection.isOpen) throw invalidState("statement has been finalized");
      const statement = this.#statement;
      if (!statement) throw nodeError(engine, new SqliteFailure("not an error", SQLITE_OK));
      const execution = attempt(() => statement.start());
      try {
        bindAll(statement, execution, values, this.#options, attempt);
        if (values.length > 0) this.#expanded = execution.expandedSql();
        return execution;
      } catch (error) {
        execution.end();
        throw error;
      }
    }

    #execute<Result>(values: unknown[], work: (execution: Execution) => Result): Result {
      const execution = this.#start(values);
      try {
        return attempt(() => work(execution));
      } finally {
        execution.end();
      }
    }

    #integer(value: bigint): number | bigint {
      return this.#options.readBigInts ? value : Number(value);
    }

    #row(execution: Execution): unknown {
      const values = execution.names.map((_, i) => this.#value(execution, i));
      if (this.#options.returnArrays) return values;
      const row = Object.create(null) as Record<string, unknown>;
      execution.names.forEach((name, i) => (row[name] = values[i]));
      return row;
    }

    #value(execution: Execution, column: number): unknown {
      const value = execution.value(column, this.#options.readBigInts);
      if (value instanceof Uint8Array) return new Uint8Array(value);
      if (typeof value !== "number" || Number.isSafeInteger(value) || !execution.isInteger(column)) return value;
      const text = String(execution.value(column, true));
      const message = `Value is too large to be represented as a JavaScript number: ${text}`;
      throw codedError("ERR_OUT_OF_RANGE", message, RangeError);
    }
  }

  /** Copies a database into a file, some pages in each turn of the event loop. */
  async function backup(
    database: InstanceType<typeof DatabaseSync>,
    path: Path,
    options: { source?: string; target?: string; rate?: number; progress?: AnyFunction } = {},
  ): Promise<number> {
    const from = DatabaseSync.connectionOf(database);
    const to = attempt(() => new Connection(engine, pathOf(path), OPEN_READWRITE | OPEN_CREATE));
    try {
      const copy = attempt(() => new PageCopy(from, options.source ?? "main", to, options.target ?? "main"));
      for (;;) {
        const code = copy.step(options.rate ?? BACKUP_PAGES);
        const { pageCount, remaining } = copy;
        if (code === SQLITE_DONE) {
          copy.finish();
          return pageCount;
        }
        if (code !== SQLITE_OK) throw nodeError(engine, new SqliteFailure(errorText(to, code), code));
        options.progress?.({ totalPages: pageCount, remainingPages: remaining });
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      to.close();
    }
  }

  Object.defineProperty(DatabaseSync, "connectionOf", { enumerable: false });
  return { DatabaseSync, StatementSync, Session: class Session {}, backup, constants: CHANGESET };
}

/** What all iterators inherit from. */
const ITERATOR = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
const MADE_HERE = Symbol("made by prepare()");

function toSql(value: unknown): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" || typeof value === "string" || typeof value === "bigint") return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw codedError(
    "ERR_INVALID_ARG_TYPE",
    "Returned JavaScript value cannot be converted to a SQLite value",
    TypeError,
  );
}

/** Binds an object of named parameters, if the first argument is one, and the others in a row to those without a name. */
function bindAll(
  statement: Statement,
  execution: Execution,
  values: unknown[],
  options: DatabaseOptions,
  attempt: <Result>(work: () => Result) => Result,
): void {
  const [first] = values;
  const isNamed = typeof first === "object" && first !== null && !ArrayBuffer.isView(first) && !Array.isArray(first);
  if (isNamed) bindNamed(statement, execution, first as Record<string, unknown>, options);
  let position = 0;
  for (const value of isNamed ? values.slice(1) : values) {
    do position++;
    while (statement.parameterNames[position - 1]?.startsWith("?") === false);
    const sql = bindable(value, position);
    attempt(() => {
      if (execution.bind(position, sql) !== SQLITE_OK) throw new SqliteFailure("column index out of range", 25);
    });
  }
}

function bindNamed(
  statement: Statement,
  execution: Execution,
  values: Record<string, unknown>,
  options: DatabaseOptions,
): void {
  for (const [key, value] of Object.entries(values)) {
    let index = statement.parameterNames.indexOf(key);
    if (index < 0 && options.allowBareNamedParameters !== false)
      index = statement.parameterNames.findIndex((name) => name?.slice(1) === key);
    if (index >= 0) execution.bind(index + 1, bindable(value, index + 1));
    else if (!options.allowUnknownNamedParameters) throw invalidState(`Unknown named parameter '${key}'`);
  }
}

function bindable(value: unknown, index: number): SqlValue {
  if (value === null || typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "bigint") {
    if (value <= MAX_INT64 && value >= -MAX_INT64 - 1n) return value;
    throw codedError("ERR_INVALID_ARG_VALUE", "BigInt value is too large to bind.", RangeError);
  }
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw invalidType(`Provided value cannot be bound to SQLite parameter ${index}.`);
}

function nodeError(engine: Engine, failure: SqliteFailure): Error {
  const errstr = engine.memory.cText(engine.c.sqlite3_errstr(failure.code));
  return Object.assign(codedError("ERR_SQLITE_ERROR", failure.message), { errcode: failure.code, errstr });
}

function invalidState(message: string): Error {
  return codedError("ERR_INVALID_STATE", message);
}

function invalidType(message: string): Error {
  return codedError("ERR_INVALID_ARG_TYPE", message, TypeError);
}

function requireBoolean(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw invalidType(`The "${name}" argument must be a boolean.`);
}

function refuse(what: string): never {
  throw codedError("ERR_METHOD_NOT_IMPLEMENTED", `node:sqlite: ${what} are not possible on Workers.`);
}

function pathOf(path: Path): string {
  const text =
    path instanceof URL
      ? decodeURIComponent(path.pathname)
      : Buffer.isBuffer(path) || path instanceof Uint8Array
        ? Buffer.from(path).toString()
        : path;
  if (typeof text === "string" && !text.includes("\0")) return text;
  throw invalidType('The "path" argument must be a string, Uint8Array, or URL without null bytes.');
}
