/** The Backup of the package sqlite3, as its compiled part makes it. */
import { Connection, OPEN_CREATE, OPEN_READWRITE } from "../connection";
import { SQLITE_DONE, SQLITE_MISUSE, SQLITE_OK, SqliteFailure } from "../engine";
import { errorText, PageCopy } from "../functions";
import { type Database, requireCallback, type Sqlite3Host } from "./database";
import { type Callback, sqlite3Error, type Sqlite3Error } from "./errors";

interface Call {
  begin(): void;
  callback: Callback | undefined;
}

/** Makes the class. EventEmitter's methods are added by the package. */
export function createBackup({ engine }: Sqlite3Host) {
  return class Backup {
    declare emit: (event: string, ...values: unknown[]) => boolean;
    /** Result codes after which another step may be tried; the package sets them. */
    retryErrors: number[] = [];
    readonly _db: Database;
    _other: Connection | undefined;
    _copy: PageCopy | undefined;
    _isReady = false;
    _isLocked = true;
    _isFinished = false;
    _isCompleted = false;
    _isFailed = false;
    _remaining = -1;
    _pageCount = -1;
    readonly _queue: Call[] = [];

    constructor(
      database: Database,
      filename: string,
      sourceName: string,
      destName: string,
      filenameIsDest: boolean,
      callback?: Callback,
    ) {
      if (typeof filename !== "string") throw new TypeError("Filename expected");
      requireCallback(callback, 5);
      this._db = database;
      const work = (): void => {
        const own = database._connection!;
        const other = (this._other = new Connection(engine, filename, OPEN_READWRITE | OPEN_CREATE));
        this._copy = filenameIsDest
          ? new PageCopy(own, sourceName, other, destName)
          : new PageCopy(other, sourceName, own, destName);
      };
      const begin = (): void =>
        database._attempt(work, (error) => {
          this._isReady = !error;
          if (error) this._finish();
          this._answer(callback, error, [null]);
        });
      database._schedule({ isExclusive: false, callback, begin });
    }

    get idle(): boolean {
      return this._isReady && !this._isLocked && this._queue.length === 0;
    }

    get completed(): boolean {
      return this._isCompleted;
    }

    get failed(): boolean {
      return this._isFailed;
    }

    get remaining(): number {
      return this._remaining;
    }

    get pageCount(): number {
      return this._pageCount;
    }

    step(pages: number, callback?: Callback): this {
      if (typeof pages !== "number") throw new TypeError("Argument 0 must be an integer");
      requireCallback(callback, 1);
      const work = (): void => {
        if (!this._copy) throw new SqliteFailure("Backup is already finished", SQLITE_MISUSE);
        const code = this._copy.step(pages);
        this._remaining = this._copy.remaining;
        this._pageCount = this._copy.pageCount;
        this._isCompleted = code === SQLITE_DONE;
        if (code === SQLITE_OK || code === SQLITE_DONE) return;
        if (!this.retryErrors.includes(code & 0xff)) this._close();
        throw new SqliteFailure(errorText(this._db._connection!, code), code);
      };
      const begin = (): void =>
        this._db._attempt(work, (error) => {
          this._isFailed = !this._isCompleted && this._copy === undefined;
          this._answer(callback, error, [null, this._isCompleted]);
        });
      this._schedule({ callback, begin });
      return this;
    }

    finish(callback?: Callback): this {
      requireCallback(callback, 0);
      const begin = (): void =>
        this._db._attempt(
          () => this._finish(),
          (error) => this._answer(callback, error, []),
        );
      this._schedule({ callback, begin });
      return this;
    }

    _schedule(call: Call): void {
      if (this._isFinished) {
        const error = sqlite3Error(engine, "Backup is already finished", SQLITE_MISUSE);
        this._fail(call.callback, error);
      } else if (!this._isReady || this._isLocked) this._queue.push(call);
      else this._begin(call);
    }

    _begin(call: Call): void {
      this._isLocked = true;
      call.begin();
    }

    _answer(callback: Callback | undefined, error: Sqlite3Error | undefined, values: unknown[]): void {
      try {
        if (error) this._fail(callback, error);
        else callback?.call(this, ...values);
      } finally {
        this._isLocked = false;
        const next = this._queue.shift();
        if (next && this._isFinished) this._schedule(next);
        else if (next) this._begin(next);
        this._db._process();
      }
    }

    _fail(callback: Callback | undefined, error: Sqlite3Error): void {
      if (callback) callback.call(this, error);
      else this.emit("error", error);
    }

    _finish(): void {
      if (!this._isCompleted) this._isFailed = true;
      this._isFinished = true;
      this._close();
    }

    _close(): void {
      this._copy?.finish();
      this._other?.close();
      this._copy = undefined;
      this._other = undefined;
    }
  };
}
