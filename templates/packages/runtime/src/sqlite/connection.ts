/** A database connection and its statements: SQLite's C interface without the C. What the packages need stands on this. */
import type { Pointer } from "./exports";
import { type Engine, SQLITE_DONE, SQLITE_OK, SQLITE_ROW, SqliteFailure } from "./engine";

/** What SQLite stores. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export const OPEN_READONLY = 1;
export const OPEN_READWRITE = 2;
export const OPEN_CREATE = 4;
export const OPEN_URI = 0x40;

const PREPARE_PERSISTENT = 1;
const COUNTER_REPREPARE = 5;
const CONFIG_ENABLE_FOREIGN_KEYS = 1002;
const CONFIG_DEFENSIVE = 1010;
const CONFIG_STRINGS_IN_DOUBLE_QUOTES = [1013, 1014];
const COPY = -1;
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;

/** Idle statements that a connection keeps compiled. */
const KEPT_STATEMENTS = 64;

/** A compiled statement in SQLite's memory. One is used by at most one execution at a time. */
interface Compiled {
  readonly at: Pointer;
  readonly sql: string;
  readonly isReadonly: boolean;
  readonly parameterCount: number;
  names: string[];
  reprepared: number;
}

/** Settings that packages are compiled with and a database file does not keep. */
export interface ConnectionSettings {
  foreignKeys: boolean;
  /** Whether "x" may mean the text x where there is no column of that name. */
  stringsInDoubleQuotes: boolean;
  defensive: boolean;
}

export class Connection {
  readonly engine: Engine;
  readonly #at: Pointer;
  /** Compiled and idle, by their text; the one used last comes last. */
  readonly #idle = new Map<string, Compiled>();
  readonly #active = new Set<Compiled>();
  #open = true;

  /** Opens a database. `name` is a path, ":memory:" or, with OPEN_URI, an address. */
  constructor(engine: Engine, name: string, flags: number) {
    this.engine = engine;
    const { c, memory } = engine;
    this.#at = memory.withSlots(1, (slot) => {
      const code = memory.withText(sharedMemory(name) ?? name, (text) =>
        c.sqlite3_open_v2(text, slot, flags, engine.fileLayer),
      );
      const at = memory.pointerAt(slot);
      if (code === SQLITE_OK) return at;
      const failure = new SqliteFailure(memory.cText(c.sqlite3_errmsg(at)) ?? "", c.sqlite3_extended_errcode(at));
      c.sqlite3_close_v2(at);
      throw failure;
    });
    c.sqlite3_extended_result_codes(this.#at, 1);
    // What the packages' own builds make new databases with; this build would take 8192.
    this.exec("PRAGMA page_size = 4096");
  }

  /** The connection's address, for what is not covered here. */
  get handle(): Pointer {
    return this.#at;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get inTransaction(): boolean {
    return this.engine.c.sqlite3_get_autocommit(this.#at) === 0;
  }

  get changes(): bigint {
    return this.engine.c.sqlite3_changes64(this.#at);
  }

  get totalChanges(): bigint {
    return this.engine.c.sqlite3_total_changes64(this.#at);
  }

  get lastInsertRowid(): bigint {
    return this.engine.c.sqlite3_last_insert_rowid(this.#at);
  }

  /** The path of an open database, empty for one in memory; null where there is no such schema. */
  filename(schema: string): string | null {
    const { c, memory } = this.engine;
    return memory.withText(schema, (name) => memory.cText(c.sqlite3_db_filename(this.#at, name)));
  }

  configure(settings: ConnectionSettings): void {
    const set = (option: number, value: boolean) =>
      this.engine.c.sqlite3__wasm_db_config_ip(this.#at, option, Number(value), 0);
    set(CONFIG_ENABLE_FOREIGN_KEYS, settings.foreignKeys);
    set(CONFIG_DEFENSIVE, settings.defensive);
    for (const option of CONFIG_STRINGS_IN_DOUBLE_QUOTES) set(option, settings.stringsInDoubleQuotes);
  }

  setDefensive(on: boolean): void {
    this.engine.c.sqlite3__wasm_db_config_ip(this.#at, CONFIG_DEFENSIVE, Number(on), 0);
  }

  /** What SQLite says of the last call that failed. */
  failure(code = this.engine.c.sqlite3_extended_errcode(this.#at)): SqliteFailure {
    return new SqliteFailure(this.engine.memory.cText(this.engine.c.sqlite3_errmsg(this.#at)) ?? "", code);
  }

  check(code: number): void {
    if (code !== SQLITE_OK) throw this.failure(code);
  }

  /** Compiles the first statement of a text. Undefined where there is none, only space and comments. */
  prepare(sql: string): { statement: Statement | undefined; tail: string } {
    const kept = this.#idle.get(sql);
    if (kept) return { statement: new Statement(this, kept), tail: "" };
    const { compiled, tail } = this.#compile(sql);
    if (!compiled) return { statement: undefined, tail };
    const statement = new Statement(this, compiled);
    this.#keep(compiled);
    return { statement, tail };
  }

  /** Runs all statements of a text. `before` sees each before it runs, `after` what is left of the text. */
  exec(sql: string, before?: (execution: Execution) => void, after?: (rest: string) => void): void {
    for (let rest = sql; rest.trim() !== "";) {
      const { compiled, tail } = this.#compile(rest);
      if (!compiled) return;
      this.#active.add(compiled);
      const execution = new Execution(this, compiled, () => this.#end(compiled, false));
      try {
        before?.(execution);
        while (execution.step());
      } finally {
        execution.end();
      }
      rest = tail;
      after?.(rest);
    }
  }

  /** Takes a statement for one execution. */
  execute(sql: string): Execution {
    let compiled = this.#idle.get(sql);
    if (compiled) this.#idle.delete(sql);
    else compiled = this.#compile(sql).compiled;
    if (!compiled) throw new SqliteFailure("not an error", SQLITE_OK);
    this.#active.add(compiled);
    const taken = compiled;
    return new Execution(this, taken, () => this.#end(taken, true));
  }

  /** Ends what is under way and closes the connection. An open transaction is rolled back. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const compiled of [...this.#idle.values(), ...this.#active]) this.#finalize(compiled);
    this.#idle.clear();
    this.#active.clear();
    this.engine.c.sqlite3_close_v2(this.#at);
  }

  #compile(sql: string): { compiled: Compiled | undefined; tail: string } {
    const { c, memory } = this.engine;
    return memory.withSlots(2, (slots) =>
      memory.withText(translate(sql), (text, size) => {
        this.check(c.sqlite3_prepare_v3(this.#at, text, size + 1, PREPARE_PERSISTENT, slots, slots + 8));
        const at = memory.pointerAt(slots);
        const end = memory.pointerAt(slots + 8);
        const tail = memory.text(end, text + size - end);
        return { compiled: at === 0 ? undefined : this.#describe(at, sql), tail };
      }),
    );
  }

  #describe(at: Pointer, sql: string): Compiled {
    const { c } = this.engine;
    return {
      at,
      sql,
      isReadonly: c.sqlite3_stmt_readonly(at) !== 0,
      parameterCount: c.sqlite3_bind_parameter_count(at),
      names: this.columnNames(at),
      reprepared: 0,
    };
  }

  columnNames(at: Pointer): string[] {
    const { c, memory } = this.engine;
    const count = c.sqlite3_column_count(at);
    return Array.from({ length: count }, (_, i) => memory.cText(c.sqlite3_column_name(at, i)) ?? "");
  }

  #end(compiled: Compiled, keep: boolean): void {
    if (!this.#active.delete(compiled)) return;
    if (!keep) return this.#finalize(compiled);
    this.engine.c.sqlite3_reset(compiled.at);
    this.engine.c.sqlite3_clear_bindings(compiled.at);
    this.#keep(compiled);
  }

  #keep(compiled: Compiled): void {
    const same = this.#idle.get(compiled.sql);
    if (same) return this.#finalize(compiled);
    this.#idle.set(compiled.sql, compiled);
    if (this.#idle.size <= KEPT_STATEMENTS) return;
    const oldest = this.#idle.values().next().value!;
    this.#idle.delete(oldest.sql);
    this.#finalize(oldest);
  }

  #finalize(compiled: Compiled): void {
    this.engine.c.sqlite3_finalize(compiled.at);
  }
}

/**
 * A database in memory that several connections share has another name in this build, which has no shared cache. It lives as
 * long as one of them is open, as before.
 */
function sharedMemory(name: string): string | undefined {
  if (!name.startsWith("file:") || !/[?&]cache=shared(?:&|$)/.test(name)) return undefined;
  const path = name.slice("file:".length).replace(/\?.*/, "");
  if (path !== ":memory:" && !/[?&]mode=memory(?:&|$)/.test(name)) return undefined;
  return `file:/${encodeURIComponent(path)}?vfs=memdb`;
}

/** This build has one encoding only, and so nothing to say about it. */
function translate(sql: string): string {
  return /^\s*PRAGMA\s+(?:\w+\.)?encoding\s*;?\s*$/i.test(sql) ? "SELECT 'UTF-8' AS encoding" : sql;
}

/** A column of a statement's result, as the database declares it. Nulls where it is an expression. */
export interface ColumnInfo {
  name: string;
  column: string | null;
  table: string | null;
  database: string | null;
  type: string | null;
}

/**
 * A statement as a package keeps it: its text. It is compiled when it runs, from the connection's store of idle statements,
 * because packages leave their statements to the garbage collector, which knows nothing of SQLite's memory.
 */
export class Statement {
  readonly connection: Connection;
  readonly sql: string;
  readonly isReadonly: boolean;
  readonly columnCount: number;
  readonly parameterNames: readonly (string | null)[];

  constructor(connection: Connection, compiled: Compiled) {
    const { c, memory } = connection.engine;
    this.connection = connection;
    this.sql = compiled.sql;
    this.isReadonly = compiled.isReadonly;
    this.columnCount = compiled.names.length;
    this.parameterNames = Array.from({ length: compiled.parameterCount }, (_, i) =>
      memory.cText(c.sqlite3_bind_parameter_name(compiled.at, i + 1)),
    );
  }

  /** Starts an execution. */
  start(): Execution {
    return this.connection.execute(this.sql);
  }

  columns(): ColumnInfo[] {
    const execution = this.start();
    try {
      return execution.columns();
    } finally {
      execution.end();
    }
  }
}

/** One run of a statement: bind, step until false, end. */
export class Execution {
  readonly #connection: Connection;
  readonly #compiled: Compiled;
  readonly #end: () => void;
  #stepped = false;
  #ended = false;

  constructor(connection: Connection, compiled: Compiled, end: () => void) {
    this.#connection = connection;
    this.#compiled = compiled;
    this.#end = end;
  }

  /** Binds a number as a floating point value, as JavaScript has it. Returns SQLite's code. */
  bind(index: number, value: SqlValue): number {
    const { c, memory } = this.#connection.engine;
    const { at } = this.#compiled;
    switch (typeof value) {
      case "number":
        return c.sqlite3_bind_double(at, index, value);
      case "bigint":
        return c.sqlite3_bind_int64(at, index, value);
      case "string":
        return memory.withText(value, (text, size) => c.sqlite3_bind_text(at, index, text, size, COPY));
      default:
        if (value === null) return c.sqlite3_bind_null(at, index);
        return memory.withBytes(value, (data, size) => c.sqlite3_bind_blob(at, index, data, size, COPY));
    }
  }

  /** Goes to the next row; false when there is none. */
  step(): boolean {
    const { c } = this.#connection.engine;
    const code = c.sqlite3_step(this.#compiled.at);
    if (!this.#stepped) this.#refresh();
    if (code === SQLITE_ROW) return true;
    if (code === SQLITE_DONE) return false;
    throw this.#connection.failure();
  }

  /** SQLite compiles a statement anew when the schema has changed; its columns may be others then. */
  #refresh(): void {
    this.#stepped = true;
    const count = this.#connection.engine.c.sqlite3_stmt_status(this.#compiled.at, COUNTER_REPREPARE, 0);
    if (count === this.#compiled.reprepared) return;
    this.#compiled.reprepared = count;
    this.#compiled.names = this.#connection.columnNames(this.#compiled.at);
  }

  /** Back to before the first row; bindings stay. */
  reset(): void {
    this.#connection.engine.c.sqlite3_reset(this.#compiled.at);
  }

  clearBindings(): void {
    this.#connection.engine.c.sqlite3_clear_bindings(this.#compiled.at);
  }

  get names(): readonly string[] {
    return this.#compiled.names;
  }

  get parameterCount(): number {
    return this.#compiled.parameterCount;
  }

  get isReadonly(): boolean {
    return this.#compiled.isReadonly;
  }

  parameterName(index: number): string | null {
    const { c, memory } = this.#connection.engine;
    return memory.cText(c.sqlite3_bind_parameter_name(this.#compiled.at, index));
  }

  /** A value of the row. Integers are numbers unless `bigints`. */
  value(column: number, bigints = false): SqlValue {
    const { c, memory } = this.#connection.engine;
    const { at } = this.#compiled;
    switch (c.sqlite3_column_type(at, column)) {
      case INTEGER:
        return bigints ? c.sqlite3_column_int64(at, column) : c.sqlite3_column_double(at, column);
      case FLOAT:
        return c.sqlite3_column_double(at, column);
      case TEXT: {
        const text = c.sqlite3_column_text(at, column);
        return memory.text(text, c.sqlite3_column_bytes(at, column));
      }
      case BLOB: {
        const data = c.sqlite3_column_blob(at, column);
        return memory.copy(data, c.sqlite3_column_bytes(at, column));
      }
      default:
        return null;
    }
  }

  /** Whether a value of the row is an integer, which a number no longer tells. */
  isInteger(column: number): boolean {
    return this.#connection.engine.c.sqlite3_column_type(this.#compiled.at, column) === INTEGER;
  }

  row(bigints = false): Record<string, SqlValue> {
    const row: Record<string, SqlValue> = {};
    const { names } = this.#compiled;
    for (let i = 0; i < names.length; i++) row[names[i]!] = this.value(i, bigints);
    return row;
  }

  values(bigints = false): SqlValue[] {
    return this.#compiled.names.map((_, i) => this.value(i, bigints));
  }

  columns(): ColumnInfo[] {
    const { c, memory } = this.#connection.engine;
    const { at, names } = this.#compiled;
    return names.map((name, i) => ({
      name,
      column: memory.cText(c.sqlite3_column_origin_name(at, i)),
      table: memory.cText(c.sqlite3_column_table_name(at, i)),
      database: memory.cText(c.sqlite3_column_database_name(at, i)),
      type: memory.cText(c.sqlite3_column_decltype(at, i)),
    }));
  }

  /** The statement's text with the bound values in it. */
  expandedSql(): string {
    const { c, memory } = this.#connection.engine;
    const at = c.sqlite3_expanded_sql(this.#compiled.at);
    if (at === 0) return this.#compiled.sql;
    const text = memory.cText(at)!;
    c.sqlite3_free(at);
    return text;
  }

  /** Gives the statement back. Nothing may be called afterwards. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#connection.isOpen) this.#end();
  }
}
