/** The Statement of the package sqlite3, as its compiled part makes it. */
import type { Execution, SqlValue, Statement as Prepared } from "../connection";
import { SQLITE_MISUSE, SQLITE_OK, SqliteFailure } from "../engine";
import type { Database, Sqlite3Host } from "./database";
import { type Callback, sqlite3Error, type Sqlite3Error } from "./errors";
import { bindParameters, type Parameter, readParameters, splitCallback } from "./values";

/** Something to do with a statement that waits for its turn. */
interface Call {
  begin(): void;
  callback: Callback | undefined;
}

type Row = Record<string, SqlValue>;

/** Makes the class. EventEmitter's methods are added by the package. */
export function createStatement({ engine }: Sqlite3Host, DatabaseClass: abstract new (...values: never[]) => unknown) {
  return class Statement {
    declare readonly sql: string;
    declare emit: (event: string, ...values: unknown[]) => boolean;
    declare lastID: number;
    declare changes: number;
    readonly _db: Database;
    _prepared: Prepared | undefined;
    /** The run under way: kept between calls of get(), which go through the rows. */
    _execution: Execution | undefined;
    /** Whether get() has come to the end. */
    _isDone = false;
    _parameters: Parameter[] = [];
    _isReady = false;
    _isLocked = false;
    _isFinalized = false;
    readonly _queue: Call[] = [];

    constructor(database: Database, sql: string, callback?: Callback) {
      if (!(database instanceof DatabaseClass)) throw new TypeError("Database object expected");
      if (typeof sql !== "string") throw new TypeError("SQL query expected");
      if (callback !== undefined && typeof callback !== "function") throw new TypeError("Callback expected");
      this._db = database;
      Object.defineProperty(this, "sql", { value: sql });
      for (const name of Object.keys(this)) Object.defineProperty(this, name, { enumerable: false });
      database._schedule({ isExclusive: false, callback, begin: () => this._prepare(sql, callback) });
    }

    bind(...values: unknown[]): this {
      const { parameters, callback } = this._read(values);
      return this._call(callback, (done) => {
        done(
          () => this._bind(parameters),
          callback,
          () => [null],
        );
      });
    }

    reset(callback?: Callback): this {
      return this._call(callback, (done) => {
        done(
          () => this._endExecution(),
          callback,
          () => [null],
        );
      });
    }

    run(...values: unknown[]): this {
      const { parameters, callback } = this._read(values);
      const result = { lastID: 0, changes: 0 };
      const work = (): void => {
        const connection = this._db._connection!;
        const execution = this._restart(parameters);
        if (!execution.step()) this._endExecution();
        result.lastID = Number(connection.lastInsertRowid);
        result.changes = Number(connection.changes);
      };
      return this._call(callback, (done) => {
        done(work, callback, () => {
          if (callback) Object.assign(this, result);
          return [null];
        });
      });
    }

    get(...values: unknown[]): this {
      const { parameters, callback } = this._read(values);
      let row: Row | undefined;
      const work = (): void => {
        if (this._isDone && parameters.length === 0) return;
        if (parameters.length > 0) this._restart(parameters);
        const execution = this._execution ?? this._restart([]);
        row = execution.step() ? execution.row() : undefined;
        if (row) return;
        this._endExecution();
        this._isDone = true;
      };
      return this._call(callback, (done) => {
        done(work, callback, () => (row ? [null, row] : [null]));
      });
    }

    all(...values: unknown[]): this {
      const { parameters, callback } = this._read(values);
      let rows: Row[] = [];
      return this._call(callback, (done) => {
        done(
          () => (rows = this._allRows(parameters)),
          callback,
          () => [null, rows],
        );
      });
    }

    each(...values: unknown[]): this {
      const hasCompleted = typeof values.at(-1) === "function" && typeof values.at(-2) === "function";
      const completed = hasCompleted ? (values.pop() as Callback) : undefined;
      const { parameters, callback } = this._read(values);
      let rows: Row[] = [];
      const deliver = (): unknown[] | undefined => {
        for (const row of rows) callback?.call(this, null, row);
        completed?.call(this, null, rows.length);
        return undefined;
      };
      return this._call(callback, (done) => {
        done(() => (rows = this._allRows(parameters)), callback, deliver);
      });
    }

    finalize(callback?: Callback): Database {
      const begin = (): void => {
        this._finalize();
        callback?.call(this);
      };
      this._schedule({ callback, begin });
      return this._db;
    }

    // ---------------------------------------------------------------- turns

    _call(
      callback: Callback | undefined,
      begin: (
        done: (work: () => void, callback: Callback | undefined, answer: () => unknown[] | undefined) => void,
      ) => void,
    ): this {
      this._schedule({
        callback,
        begin: () => begin((work, callback, answer) => this._work(work, callback, answer)),
      });
      return this;
    }

    _schedule(call: Call): void {
      if (this._isFinalized) {
        this._queue.push(call);
        this._failQueued();
      } else if (!this._isReady || this._isLocked) this._queue.push(call);
      else call.begin();
    }

    _process(): void {
      if (this._isFinalized) return this._failQueued();
      while (this._isReady && !this._isLocked && !this._isFinalized) {
        const call = this._queue.shift();
        if (!call) return;
        call.begin();
      }
      if (this._isFinalized) this._failQueued();
    }

    _failQueued(): void {
      const calls = this._queue.splice(0);
      if (!this._isReady || calls.length === 0) return;
      const error = sqlite3Error(engine, "Statement is already finalized", SQLITE_MISUSE);
      const callbacks = calls.flatMap(({ callback }) => (callback ? [callback] : []));
      for (const callback of callbacks) callback.call(this, error);
      if (callbacks.length === 0) this.emit("error", error);
    }

    _fail(callback: Callback | undefined, error: Sqlite3Error): void {
      if (callback) callback.call(this, error);
      else this.emit("error", error);
    }

    /** Works in a later turn of the event loop, then calls back with `answer`. */
    _work(work: () => void, callback: Callback | undefined, answer: () => unknown[] | undefined): void {
      this._isLocked = true;
      const checked = (): void => {
        if (!this._db._connection) throw new SqliteFailure("Database handle is closed", SQLITE_MISUSE);
        try {
          work();
        } catch (error) {
          this._endExecution();
          throw error;
        }
      };
      this._db._attempt(checked, (error) => this._answer(callback, error, answer));
    }

    _answer(
      callback: Callback | undefined,
      error: Sqlite3Error | undefined,
      answer: () => unknown[] | undefined,
    ): void {
      try {
        if (error) this._fail(callback, error);
        else {
          const values = answer();
          if (values) callback?.call(this, ...values);
        }
      } finally {
        this._isLocked = false;
        this._process();
        this._db._process();
      }
    }

    _prepare(sql: string, callback: Callback | undefined): void {
      const work = (): void => {
        this._prepared = this._db._connection!.prepare(sql).statement;
      };
      this._isLocked = true;
      this._db._attempt(work, (error) => {
        this._isReady = !error;
        this._answer(callback, error, () => [null]);
        if (error) this._finalize();
      });
    }

    // ---------------------------------------------------------------- work

    _read(values: unknown[]): { parameters: Parameter[]; callback: Callback | undefined } {
      const split = splitCallback(values);
      return { parameters: readParameters(split.values), callback: split.callback };
    }

    /** Remembers parameters: they stay bound until others are. */
    _bind(parameters: Parameter[]): void {
      this._restart(parameters);
      this._endExecution();
    }

    _restart(parameters: Parameter[]): Execution {
      this._endExecution();
      // A text without a statement, a comment alone, is a statement that SQLite refuses to run.
      if (!this._prepared) throw new SqliteFailure("not an error", SQLITE_MISUSE);
      if (parameters.length > 0) this._parameters = parameters;
      const execution = this._prepared.start();
      this._execution = execution;
      const code = bindParameters(execution, this._parameters);
      if (code !== SQLITE_OK) throw this._db._connection!.failure(code);
      return execution;
    }

    _allRows(parameters: Parameter[]): Row[] {
      const execution = this._restart(parameters);
      const rows: Row[] = [];
      while (execution.step()) rows.push(execution.row());
      this._endExecution();
      return rows;
    }

    _endExecution(): void {
      this._execution?.end();
      this._execution = undefined;
      this._isDone = false;
    }

    _finalize(): void {
      this._isFinalized = true;
      this._endExecution();
      this._failQueued();
    }
  };
}
