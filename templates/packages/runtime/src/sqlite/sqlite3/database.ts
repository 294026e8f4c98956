/**
 * The Database of the package sqlite3, as its compiled part makes it.
 *
 * There, statements run on other threads and their callbacks come later. Here each runs when its turn has come, in a later turn
 * of the event loop, with the same rules about what may be under way at once: `serialize`, and calls that want the database
 * for themselves.
 */
import { Connection, OPEN_CREATE, OPEN_READWRITE } from "../connection";
import { type Engine, SQLITE_BUSY, SQLITE_ERROR, SQLITE_MISUSE, SqliteFailure } from "../engine";
import type { Pointer } from "../exports";
import { asSqlite3Error, type Callback, sqlite3Error, type Sqlite3Error } from "./errors";

export const OPEN_FULLMUTEX = 0x10000;
const BUSY_TIMEOUT_MS = 1000;
const BUSY_RETRY_MS = 5;
const TRACE_STATEMENT = 1;
const TRACE_PROFILE = 2;
const CHANGES: Record<number, string> = { 9: "delete", 18: "insert", 23: "update" };

/** What the package's classes need of the process. */
export interface Sqlite3Host {
  engine: Engine;
  /** Calls back in a later turn of the event loop. */
  later(callback: () => void): void;
  /** Calls back after a time. */
  wait(callback: () => void, ms: number): void;
}

/** Something that waits for its turn. */
interface Call {
  begin(): void;
  isExclusive: boolean;
  callback: Callback | undefined;
}

type Event = "trace" | "profile" | "change";

export interface Sqlite3Database {
  emit(event: string, ...values: unknown[]): boolean;
}

/** Makes the class. EventEmitter's methods are added by the package. */
export function createDatabase({ engine, later, wait }: Sqlite3Host) {
  return class Database {
    declare readonly filename: string;
    declare readonly mode: number;
    declare emit: (event: string, ...values: unknown[]) => boolean;
    _connection: Connection | undefined;
    _isLocked = false;
    _isClosing = false;
    _isSerialized = false;
    /** Calls under way. */
    _pending = 0;
    _busyTimeoutMs = BUSY_TIMEOUT_MS;
    readonly _queue: Call[] = [];
    readonly _watched = new Set<Event>();
    _target = 0;

    constructor(filename: string, ...rest: unknown[]) {
      if (typeof filename !== "string") throw new TypeError("String expected");
      const mode = Number.isInteger(rest[0]) ? (rest.shift() as number) : OPEN_READWRITE | OPEN_CREATE | OPEN_FULLMUTEX;
      const callback = typeof rest[0] === "function" ? (rest[0] as Callback) : undefined;
      Object.defineProperty(this, "filename", { value: filename });
      Object.defineProperty(this, "mode", { value: mode });
      hide(this);
      later(() => this._openFile(filename, mode, callback));
    }

    get open(): boolean {
      return this._connection !== undefined;
    }

    close(callback?: Callback): this {
      this._schedule({
        isExclusive: true,
        callback,
        begin: () =>
          this._attempt(
            () => this._close(),
            (error) => this._closed(error, callback),
          ),
      });
      return this;
    }

    exec(sql: string, callback?: Callback): this {
      if (typeof sql !== "string") throw new TypeError("Argument 0 must be a string");
      requireCallback(callback, 1);
      // After waiting for another connection it goes on where it was.
      let rest = sql;
      const work = () => this._connection!.exec(rest, undefined, (left) => (rest = left));
      this._schedule({ isExclusive: true, callback, begin: () => this._work(work, callback) });
      return this;
    }

    wait(callback?: Callback): this {
      requireCallback(callback, 0);
      const begin = (): void => {
        callback?.call(this, null);
        this._process();
      };
      this._schedule({ isExclusive: true, callback, begin });
      return this;
    }

    loadExtension(filename: string, callback?: Callback): this {
      if (typeof filename !== "string") throw new TypeError("Argument 0 must be a string");
      requireCallback(callback, 1);
      const work = (): never => {
        throw new SqliteFailure("extensions are machine code, which Workers cannot load", SQLITE_ERROR);
      };
      this._schedule({ isExclusive: true, callback, begin: () => this._work(work, callback) });
      return this;
    }

    serialize(callback?: Callback): this {
      return this._setSerialized(true, callback);
    }

    parallelize(callback?: Callback): this {
      return this._setSerialized(false, callback);
    }

    configure(...values: unknown[]): this {
      const [option, value, limit] = values;
      if (values.length < 2) throw new TypeError("Expected 2 arguments");
      const schedule = (begin: () => void) => this._schedule({ isExclusive: false, callback: undefined, begin });
      if (option === "trace" || option === "profile" || option === "change") schedule(() => this._toggle(option));
      else if (option === "busyTimeout") {
        if (typeof value !== "number") throw new TypeError("Value must be an integer");
        schedule(() => (this._busyTimeoutMs = value));
      } else if (option === "limit") {
        if (typeof value !== "number") throw new TypeError("limit id must be an integer");
        if (typeof limit !== "number") throw new TypeError("limit value must be an integer");
        schedule(() => void engine.c.sqlite3_limit(this._connection!.handle, value, limit));
      } else throw new TypeError(`${String(option)} is not a valid configuration option`);
      this._process();
      return this;
    }

    interrupt(): this {
      if (!this.open) throw new Error("Database is not open");
      if (this._isClosing) throw new Error("Database is closing");
      // No statement is ever under way while the app's code runs.
      engine.c.sqlite3_interrupt(this._connection!.handle);
      return this;
    }

    // ---------------------------------------------------------------- turns

    /** Begins a call, or queues it until it may. */
    _schedule(call: Call): void {
      if (!this.open && this._isLocked) {
        this._fail(call.callback, sqlite3Error(engine, "Database is closed", SQLITE_MISUSE));
        return;
      }
      const mustWait = (this._isLocked || call.isExclusive || this._isSerialized) && this._pending > 0;
      if (!this.open || mustWait) {
        this._queue.push({ ...call, isExclusive: call.isExclusive || this._isSerialized });
        return;
      }
      this._isLocked = call.isExclusive;
      call.begin();
    }

    /** Begins what may begin. */
    _process(): void {
      if (!this.open && this._isLocked) return this._failQueued();
      while (this.open && (!this._isLocked || this._pending === 0)) {
        const call = this._queue[0];
        if (!call || (call.isExclusive && this._pending > 0)) return;
        this._queue.shift();
        this._isLocked = call.isExclusive;
        call.begin();
        if (this._isLocked) return;
      }
    }

    _failQueued(): void {
      const calls = this._queue.splice(0);
      if (calls.length === 0) return;
      const error = sqlite3Error(engine, "Database handle is closed", SQLITE_MISUSE);
      const callbacks = calls.flatMap(({ callback }) => (callback ? [callback] : []));
      for (const callback of callbacks) callback.call(this, error);
      if (callbacks.length === 0) this.emit("error", error);
    }

    _fail(callback: Callback | undefined, error: Sqlite3Error): void {
      if (callback) callback.call(this, error);
      else this.emit("error", error);
    }

    /**
     * Does a call's work in a later turn. Where another connection holds the database, it tries again for as long as the
     * package would have waited.
     */
    _attempt(work: () => void, done: (error?: Sqlite3Error) => void): void {
      this._pending++;
      let waitedMs = 0;
      const attempt = (): void => {
        let error: Sqlite3Error | undefined;
        try {
          work();
        } catch (thrown) {
          error = asSqlite3Error(engine, thrown);
          if (error.errno === SQLITE_BUSY && waitedMs < this._busyTimeoutMs) {
            waitedMs += BUSY_RETRY_MS;
            wait(attempt, BUSY_RETRY_MS);
            return;
          }
        }
        this._pending--;
        done(error);
      };
      later(attempt);
    }

    _work(work: () => void, callback: Callback | undefined): void {
      this._attempt(work, (error) => {
        try {
          if (error) this._fail(callback, error);
          else callback?.call(this, null);
        } finally {
          this._process();
        }
      });
    }

    _setSerialized(on: boolean, callback: Callback | undefined): this {
      requireCallback(callback, 0);
      const before = this._isSerialized;
      this._isSerialized = on;
      if (callback) {
        callback.call(this);
        this._isSerialized = before;
      }
      this._process();
      return this;
    }

    // ---------------------------------------------------------------- opening, closing, events

    _openFile(filename: string, mode: number, callback: Callback | undefined): void {
      let error: Sqlite3Error | null = null;
      try {
        this._connection = new Connection(engine, filename, mode & ~OPEN_FULLMUTEX);
      } catch (thrown) {
        error = asSqlite3Error(engine, thrown);
      }
      try {
        if (callback) callback.call(this, error);
        else if (error) this.emit("error", error);
        if (this.open) this.emit("open");
      } finally {
        this._process();
      }
    }

    _close(): void {
      this._connection!.close();
      engine.removeTarget(this._target);
      this._connection = undefined;
    }

    _closed(error: Sqlite3Error | undefined, callback: Callback | undefined): void {
      try {
        if (error) this._fail(callback, error);
        else {
          callback?.call(this, null);
          this.emit("close");
        }
      } finally {
        this._process();
      }
    }

    /** Each time the package asks for an event it means the opposite of before. */
    _toggle(event: Event): void {
      if (!this._watched.delete(event)) this._watched.add(event);
      // SQLite's older functions, which the package uses, end a trace when a profile begins.
      if (event === "profile") this._watched.delete("trace");
      const { c, memory, callbacks } = engine;
      const { handle } = this._connection!;
      this._target ||= engine.addTarget({
        update: (kind: number, database: Pointer, table: Pointer, rowid: bigint) => {
          const values = [CHANGES[kind] ?? "", memory.cText(database), memory.cText(table), Number(rowid)];
          later(() => this.emit("change", ...values));
        },
        trace: (kind: number, statement: Pointer, detail: Pointer) => {
          if (kind === TRACE_STATEMENT) return this._emitTrace(statement);
          const ms = Number(memory.view.getBigInt64(detail, true)) / 1e6;
          const sql = this._textOf(statement);
          later(() => this.emit("profile", sql, ms));
        },
      });
      const mask =
        (this._watched.has("trace") ? TRACE_STATEMENT : 0) | (this._watched.has("profile") ? TRACE_PROFILE : 0);
      c.sqlite3_trace_v2(handle, mask, mask === 0 ? 0 : callbacks.trace, this._target);
      c.sqlite3_update_hook(handle, this._watched.has("change") ? callbacks.update : 0, this._target);
    }

    _emitTrace(statement: Pointer): void {
      const { c, memory } = engine;
      const at = c.sqlite3_expanded_sql(statement);
      const sql = memory.cText(at);
      c.sqlite3_free(at);
      later(() => this.emit("trace", sql));
    }

    _textOf(statement: Pointer): string | null {
      return engine.memory.cText(engine.c.sqlite3_sql(statement));
    }
  };
}

export type Database = InstanceType<ReturnType<typeof createDatabase>>;

export function requireCallback(callback: unknown, position: number): void {
  if (callback === undefined || typeof callback === "function") return;
  throw new TypeError(`Argument ${position} must be a function`);
}

function hide(object: object): void {
  for (const name of Object.keys(object)) Object.defineProperty(object, name, { enumerable: false });
}
