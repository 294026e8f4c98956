/**
 * What better-sqlite3's compiled part gives its JavaScript, which is the package's own: Database, Statement and their errors.
 *
 * The checks, their order and their texts are those of better-sqlite3 12; they have not changed since version 7.
 */
import { posix } from "node:path";
import {
  Connection,
  type Execution,
  OPEN_CREATE,
  OPEN_READONLY,
  OPEN_READWRITE,
  type SqlValue,
  type Statement,
} from "./connection";
import { type Engine, SQLITE_BUSY, SQLITE_DONE, SQLITE_OK, SqliteFailure } from "./engine";
import { defineAggregate, defineFunction, deserialize, errorText, PageCopy, serialize } from "./functions";

type Mode = "flat" | "pluck" | "expand" | "raw";
type ErrorConstructor = new (message: string, code: string) => Error;
type AnyFunction = (...values: unknown[]) => unknown;

const BUSY = "This database connection is busy executing a query";
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Makes the object that `require("better_sqlite3.node")` gives. */
export function createBetterSqlite3(engine: Engine): Record<string, unknown> {
  let SqliteError: ErrorConstructor = Error as unknown as ErrorConstructor;

  const nameOf = (code: number): string => engine.codeName(code) ?? `UNKNOWN_SQLITE_ERROR_${code}`;
  const convertError = (error: unknown): unknown =>
    error instanceof SqliteFailure ? new SqliteError(error.message, nameOf(error.code)) : error;

  /** Runs a call into SQLite, and turns what it reports into the package's errors. */
  function attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw convertError(error);
    }
  }

  class Database {
    declare readonly name: string;
    declare readonly memory: boolean;
    declare readonly readonly: boolean;
    readonly _connection: Connection;
    readonly _logger: AnyFunction | null;
    _busy = false;
    _iterators = 0;
    _safeIntegers = false;
    _unsafe = false;
    /** What the application's own code has thrown while SQLite called it. */
    _thrown: { error: unknown } | undefined;

    constructor(
      filename: string,
      filenameGiven: string,
      inMemory: boolean,
      readonly: boolean,
      mustExist: boolean,
      _timeout: number,
      logger: AnyFunction | null,
      buffer: Uint8Array | null,
    ) {
      const flags = readonly ? OPEN_READONLY : mustExist ? OPEN_READWRITE : OPEN_READWRITE | OPEN_CREATE;
      this._connection = attempt(() => new Connection(engine, filename, flags));
      this._logger = logger;
      this._connection.configure({ foreignKeys: true, stringsInDoubleQuotes: false, defensive: true });
      if (buffer) attempt(() => deserialize(this._connection, "main", buffer, readonly));
      const frozen = { memory: inMemory, readonly, name: filenameGiven };
      for (const [key, value] of Object.entries(frozen)) Object.defineProperty(this, key, { value, enumerable: true });
      hideOwn(this, "_connection", "_logger", "_busy", "_iterators", "_safeIntegers", "_unsafe", "_thrown");
    }

    get open(): boolean {
      return this._connection.isOpen;
    }

    get inTransaction(): boolean {
      return this.open && this._connection.inTransaction;
    }

    prepare(sql: string, database: object, pragma: boolean): NativeStatement {
      this._requireOpen();
      this._requireIdle();
      if (pragma && !this._unsafe) this._requireNoIterators();
      return new NativeStatement(this, sql, database, pragma);
    }

    exec(sql: string): void {
      if (typeof sql !== "string") throw new TypeError("Expected first argument to be a string");
      this._requireOpen();
      this._requireIdle();
      if (!this._unsafe) this._requireNoIterators();
      this._run(() => this._connection.exec(sql, (execution) => this._log(execution)));
    }

    backup(_database: object, attached: string, filename: string, unlink: boolean): NativeBackup {
      this._requireOpen();
      this._requireIdle();
      return new NativeBackup(this, attached, filename, unlink);
    }

    serialize(attached: string): Buffer {
      this._requireOpen();
      this._requireIdle();
      this._requireNoIterators();
      return attempt(() => serialize(this._connection, attached));
    }

    function(
      code: AnyFunction,
      name: string,
      parameters: number,
      safeIntegers: number,
      deterministic: boolean,
      directOnly: boolean,
    ): void {
      this._requireChangeable();
      const options = this._functionOptions(name, parameters, safeIntegers, deterministic, directOnly);
      attempt(() => defineFunction(this._connection, options, (values) => code(...values)));
    }

    aggregate(
      start: unknown,
      step: AnyFunction,
      inverse: unknown,
      result: unknown,
      name: string,
      parameters: number,
      safeIntegers: number,
      deterministic: boolean,
      directOnly: boolean,
    ): void {
      this._requireChangeable();
      const options = this._functionOptions(name, parameters, safeIntegers, deterministic, directOnly);
      const takeBack = inverse as AnyFunction;
      const code = {
        start: () => (typeof start === "function" ? (start as AnyFunction)() : start),
        step: (accumulated: unknown, values: SqlValue[]) => step(accumulated, ...values),
        inverse:
          typeof inverse === "function"
            ? (accumulated: unknown, values: SqlValue[]) => takeBack(accumulated, ...values)
            : undefined,
        result: (accumulated: unknown) =>
          typeof result === "function" ? (result as AnyFunction)(accumulated) : accumulated,
      };
      attempt(() => defineAggregate(this._connection, options, code));
    }

    table(): never {
      throw new Error(
        "better-sqlite3: virtual tables made in JavaScript are not possible on Workers. Put the rows into a table, or pass them with json_each().",
      );
    }

    loadExtension(): never {
      throw new Error(
        "better-sqlite3: extensions of SQLite are machine code, which Workers cannot load. Define the functions with db.function().",
      );
    }

    close(): void {
      if (!this.open) return;
      this._requireIdle();
      this._requireNoIterators();
      this._connection.close();
    }

    defaultSafeIntegers(...on: unknown[]): void {
      this._safeIntegers = switchOf(on);
    }

    unsafeMode(...on: unknown[]): void {
      this._unsafe = switchOf(on);
      this._connection.setDefensive(!this._unsafe);
    }

    _functionOptions(
      name: string,
      parameters: number,
      safeIntegers: number,
      deterministic: boolean,
      directOnly: boolean,
    ) {
      return {
        ...{ name, parameters, deterministic, directOnly },
        bigints: safeIntegers < 2 ? Boolean(safeIntegers) : this._safeIntegers,
        onError: (error: unknown) => (this._thrown ??= { error }),
        convert: (value: unknown): SqlValue => {
          if (!isBindable(value)) throw new TypeError(`User-defined function ${name}() returned an invalid value`);
          if (!fitsInt64(value))
            throw new RangeError(`User-defined function ${name}() returned a bigint that was too big`);
          return value ?? null;
        },
      };
    }

    /** Runs statements while the connection counts as busy. */
    _run<Result>(work: () => Result): Result {
      this._busy = true;
      try {
        return work();
      } catch (error) {
        const thrown = this._thrown;
        throw thrown ? thrown.error : convertError(error);
      } finally {
        this._thrown = undefined;
        this._busy = false;
      }
    }

    _log(execution: Execution): void {
      this._logger?.(execution.expandedSql());
    }

    _requireOpen(): void {
      if (!this.open) throw new TypeError("The database connection is not open");
    }

    _requireIdle(): void {
      if (this._busy) throw new TypeError(BUSY);
    }

    _requireNoIterators(): void {
      if (this._iterators > 0) throw new TypeError(BUSY);
    }

    _requireChangeable(): void {
      this._requireOpen();
      this._requireIdle();
      this._requireNoIterators();
    }
  }

  class NativeStatement {
    declare readonly reader: boolean;
    declare readonly readonly: boolean;
    declare readonly source: string;
    declare readonly database: object;
    readonly _db: Database;
    readonly _statement: Statement;
    _bound: unknown[] | undefined;
    _locked = false;
    _safeIntegers: boolean;
    _mode: Mode = "flat";

    constructor(db: Database, sql: string, database: object, pragma: boolean) {
      const { statement, tail } = attempt(() => db._connection.prepare(sql));
      if (!statement) throw new RangeError("The supplied SQL string contains no statements");
      if (!isBlank(tail)) throw new RangeError("The supplied SQL string contains more than one statement");
      this._db = db;
      this._statement = statement;
      this._safeIntegers = db._safeIntegers;
      const reader = statement.columnCount > 0 || pragma;
      const frozen = { reader, readonly: statement.isReadonly, source: sql, database };
      for (const [key, value] of Object.entries(frozen)) Object.defineProperty(this, key, { value, enumerable: true });
      hideOwn(this, "_db", "_statement", "_bound", "_locked", "_safeIntegers", "_mode");
    }

    get busy(): boolean {
      return this._db.open && this._locked;
    }

    run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint } {
      const { _connection: connection } = this._db;
      return this._execute(values, true, (execution) => {
        const before = connection.totalChanges;
        execution.step();
        execution.reset();
        const changes = connection.totalChanges === before ? 0 : Number(connection.changes);
        const id = connection.lastInsertRowid;
        return { changes, lastInsertRowid: this._safeIntegers ? id : Number(id) };
      });
    }

    get(...values: unknown[]): unknown {
      this._requireData();
      return this._execute(values, false, (execution) => (execution.step() ? this._row(execution) : undefined));
    }

    all(...values: unknown[]): unknown[] {
      this._requireData();
      return this._execute(values, false, (execution) => {
        const rows: unknown[] = [];
        while (execution.step()) rows.push(this._row(execution));
        return rows;
      });
    }

    iterate(...values: unknown[]): StatementIterator {
      this._requireData();
      return new StatementIterator(this, this._start(values, false));
    }

    bind(...values: unknown[]): this {
      if (this._bound) throw new TypeError("The bind() method can only be invoked once per statement object");
      this._db._requireOpen();
      this._db._requireIdle();
      this._requireUnlocked();
      const execution = attempt(() => this._statement.start());
      try {
        bindAll(this._statement, execution, values);
      } finally {
        execution.end();
      }
      this._bound = values.map((value) => (Array.isArray(value) ? [...(value as unknown[])] : value));
      return this;
    }

    pluck(...on: unknown[]): this {
      return this._setMode("pluck", on);
    }

    expand(...on: unknown[]): this {
      return this._setMode("expand", on);
    }

    raw(...on: unknown[]): this {
      return this._setMode("raw", on);
    }

    safeIntegers(...on: unknown[]): this {
      this._db._requireIdle();
      this._requireUnlocked();
      this._safeIntegers = switchOf(on);
      return this;
    }

    columns(): unknown[] {
      if (!this.reader) throw new TypeError("The columns() method is only for statements that return data");
      this._db._requireOpen();
      this._db._requireIdle();
      return attempt(() => this._statement.columns());
    }

    _setMode(mode: Mode, on: unknown[]): this {
      if (!this.reader) throw new TypeError(`The ${mode}() method is only for statements that return data`);
      this._db._requireIdle();
      this._requireUnlocked();
      if (switchOf(on)) this._mode = mode;
      else if (this._mode === mode) this._mode = "flat";
      return this;
    }

    /** Checks and binds. The execution is to be ended by the caller. */
    _start(values: unknown[], changes: boolean): Execution {
      this._db._requireOpen();
      this._db._requireIdle();
      this._requireUnlocked();
      if (changes && !this._db._unsafe) this._db._requireNoIterators();
      if (this._bound && values.length > 0) throw new TypeError("This statement already has bound parameters");
      const execution = attempt(() => this._statement.start());
      try {
        bindAll(this._statement, execution, this._bound ?? values);
      } catch (error) {
        execution.end();
        throw error;
      }
      return execution;
    }

    _execute<Result>(values: unknown[], changes: boolean, work: (execution: Execution) => Result): Result {
      const execution = this._start(values, changes);
      try {
        return this._db._run(() => {
          this._db._log(execution);
          return work(execution);
        });
      } finally {
        execution.end();
      }
    }

    _row(execution: Execution): unknown {
      const bigints = this._safeIntegers;
      switch (this._mode) {
        case "pluck":
          return execution.value(0, bigints);
        case "raw":
          return execution.values(bigints);
        case "expand":
          return expandedRow(execution, bigints);
        default:
          return execution.row(bigints);
      }
    }

    _requireData(): void {
      if (!this.reader) throw new TypeError("This statement does not return data. Use run() instead");
    }

    _requireUnlocked(): void {
      if (this._locked) throw new TypeError("This statement is busy executing a query");
    }
  }

  class StatementIterator {
    declare readonly statement: NativeStatement;
    readonly _execution: Execution;
    _isAlive = true;
    _isLogged = false;

    constructor(statement: NativeStatement, execution: Execution) {
      Object.defineProperty(this, "statement", { value: statement, enumerable: true });
      this._execution = execution;
      statement._locked = true;
      statement._db._iterators += 1;
      hideOwn(this, "_execution", "_isAlive", "_isLogged");
    }

    next(): IteratorResult<unknown> {
      const { statement, _execution: execution } = this;
      statement._db._requireIdle();
      if (!this._isAlive) return { value: undefined, done: true };
      try {
        const row = statement._db._run(() => {
          if (!this._isLogged) statement._db._log(execution);
          this._isLogged = true;
          return execution.step() ? { value: statement._row(execution) } : undefined;
        });
        if (row) return { value: row.value, done: false };
      } catch (error) {
        this._cleanUp();
        throw error;
      }
      this._cleanUp();
      return { value: undefined, done: true };
    }

    return(): IteratorResult<unknown> {
      this.statement._db._requireIdle();
      if (this._isAlive) this._cleanUp();
      return { value: undefined, done: true };
    }

    [Symbol.iterator](): this {
      return this;
    }

    _cleanUp(): void {
      this._isAlive = false;
      this.statement._locked = false;
      this.statement._db._iterators -= 1;
      this._execution.end();
    }
  }

  class NativeBackup {
    readonly _db: Database;
    readonly _to: Connection;
    readonly _backup: PageCopy;
    _unlink: boolean;

    constructor(db: Database, attached: string, filename: string, unlink: boolean) {
      this._db = db;
      this._unlink = unlink;
      this._to = attempt(() => new Connection(engine, filename, OPEN_READWRITE | OPEN_CREATE));
      try {
        this._backup = attempt(() => new PageCopy(db._connection, attached, this._to, "main"));
      } catch (error) {
        this._to.close();
        throw error;
      }
    }

    transfer(pages: number): { totalPages: number; remainingPages: number } {
      this._db._requireOpen();
      const code = this._backup.step(pages) & 0xff;
      if (code !== SQLITE_OK && code !== SQLITE_DONE && code !== SQLITE_BUSY) {
        throw new SqliteError(errorText(this._to, code), nameOf(code));
      }
      if (code === SQLITE_DONE) this._unlink = false;
      return { totalPages: this._backup.pageCount, remainingPages: this._backup.remaining };
    }

    close(): void {
      if (!this._to.isOpen) return;
      const filename = this._to.filename("main");
      this._backup.finish();
      this._to.close();
      if (this._unlink && filename) engine.files.unlink(posix.resolve(engine.files.cwd(), filename));
    }
  }

  return {
    Database,
    Statement: NativeStatement,
    StatementIterator,
    Backup: NativeBackup,
    isInitialized: false,
    setErrorConstructor: (constructor: ErrorConstructor) => (SqliteError = constructor),
  };
}

/** The compiled objects show no fields of their own. */
function hideOwn(object: object, ...names: string[]): void {
  for (const name of names) Object.defineProperty(object, name, { enumerable: false });
}

function switchOf(values: unknown[]): boolean {
  if (values.length === 0) return true;
  if (typeof values[0] !== "boolean") throw new TypeError("Expected first argument to be a boolean");
  return values[0];
}

/** Whether a text holds nothing but space, semicolons and comments. */
export function isBlank(text: string): boolean {
  return /^(?:[\s;]|\/\*[^]*?(?:\*\/|$)|--[^\n]*(?:\n|$))*$/.test(text);
}

function isBindable(value: unknown): value is SqlValue | undefined {
  return (
    value === null || value === undefined || ["number", "bigint", "string"].includes(typeof value) || isBytes(value)
  );
}

function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}

function fitsInt64(value: unknown): boolean {
  return typeof value !== "bigint" || (value >= MIN_INT64 && value <= MAX_INT64);
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

/** Binds positional values, in arrays or not, and at most one object of named ones, and wants them to be exactly enough. */
function bindAll(statement: Statement, execution: Execution, values: unknown[]): void {
  const names = statement.parameterNames;
  let count = 0;
  let position = 0;
  let named = false;
  const bindNext = (value: unknown): void => {
    do position++;
    while (names[position - 1]);
    bindValue(execution, position, value);
    count++;
  };
  for (const value of values) {
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) bindNext(item);
    } else if (typeof value === "object" && value !== null && !isBytes(value) && isPlainObject(value)) {
      if (named) throw new TypeError("You cannot specify named parameters in two different objects");
      named = true;
      count += bindNamed(execution, names, value as Record<string, unknown>);
    } else {
      if (typeof value === "object" && value !== null && !isBytes(value) && names.some(Boolean)) {
        throw new TypeError("Named parameters can only be passed within plain objects");
      }
      bindNext(value);
    }
  }
  if (count > names.length) throw new RangeError("Too many parameter values were provided");
  if (count === names.length) return;
  if (!named && names.some(Boolean)) throw new TypeError("Missing named parameters");
  throw new RangeError("Too few parameter values were provided");
}

function bindNamed(execution: Execution, names: readonly (string | null)[], values: Record<string, unknown>): number {
  let count = 0;
  names.forEach((name, i) => {
    if (!name) return;
    const key = name.slice(1);
    if (!Object.hasOwn(values, key)) throw new RangeError(`Missing named parameter "${key}"`);
    bindValue(execution, i + 1, values[key]);
    count++;
  });
  return count;
}

function bindValue(execution: Execution, index: number, value: unknown): void {
  if (!isBindable(value)) throw new TypeError("SQLite3 can only bind numbers, strings, bigints, buffers, and null");
  if (!fitsInt64(value)) throw new RangeError("The bound string, buffer, or bigint is too big");
  if (index > execution.parameterCount) throw new RangeError("Too many parameter values were provided");
  const bytes = isBytes(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value;
  execution.bind(index, bytes ?? null);
}

function expandedRow(execution: Execution, bigints: boolean): Record<string, Record<string, SqlValue>> {
  const row: Record<string, Record<string, SqlValue>> = {};
  execution.columns().forEach(({ name, table }, i) => {
    (row[table ?? "$"] ??= {})[name] = execution.value(i, bigints);
  });
  return row;
}
