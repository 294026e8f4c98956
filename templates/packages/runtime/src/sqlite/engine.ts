/** One instance of SQLite, with a memory of its own. */
import { type CallbackName, installCallbacks } from "./callbacks";
import type { Pointer, SqliteExports } from "./exports";
import type { DatabaseFiles } from "./files";
import { Memory } from "./memory";
import { createSystem } from "./system";

/** The compiled modules that SQLite consists of; d2e-build puts them beside the Worker. */
export interface SqliteModules {
  /** sqlite3.wasm of @sqlite.org/sqlite-wasm. */
  engine: WebAssembly.Module;
  /** What `callbackModule` makes. */
  callbacks: WebAssembly.Module;
}

/** The primary result codes, as far as they decide something here. */
export const SQLITE_OK = 0;
export const SQLITE_ERROR = 1;
export const SQLITE_BUSY = 5;
export const SQLITE_LOCKED = 6;
export const SQLITE_MISUSE = 21;
export const SQLITE_RANGE = 25;
export const SQLITE_ROW = 100;
export const SQLITE_DONE = 101;

/** What SQLite reports. `code` is the extended result code. */
export class SqliteFailure extends Error {
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.name = "SqliteFailure";
    this.code = code;
  }
}

/** What a function that SQLite calls needs to know, found by a number that C carries for it. */
export type CallbackTarget = Partial<Record<CallbackName, (...args: never[]) => unknown>>;

/**
 * The file layer that holds its locks in the process, and the index of a write-ahead log in memory instead of in a shared file.
 * Only this process ever opens these files, and its connections see each other's locks.
 */
const FILE_LAYER = "unix-excl";

export class Engine {
  readonly c: SqliteExports;
  readonly memory = new Memory();
  readonly files: DatabaseFiles;
  /** The numbers of the functions that C may call. */
  readonly callbacks: Record<CallbackName, number>;
  readonly fileLayer: Pointer;
  readonly #targets = new Map<number, CallbackTarget>();
  #nextTarget = 1;
  #names: { byCode: Map<number, string>; byName: Record<string, Record<string, number>> } | undefined;

  constructor({ engine, callbacks }: SqliteModules, files: DatabaseFiles) {
    this.files = files;
    const instance = new WebAssembly.Instance(engine, createSystem(this.memory, files));
    this.c = instance.exports as unknown as SqliteExports;
    this.c.__wasm_call_ctors();
    this.memory.attach(this.c);
    this.c.sqlite3_initialize();
    this.fileLayer = this.#permanentText(FILE_LAYER);
    this.callbacks = installCallbacks(callbacks, this.c.__indirect_function_table, this.#dispatchers());
  }

  get version(): string {
    return this.memory.cText(this.c.sqlite3_libversion())!;
  }

  /** The name of a result code, "SQLITE_CONSTRAINT_UNIQUE"; undefined where there is none. */
  codeName(code: number): string | undefined {
    return this.#constants().byCode.get(code);
  }

  /** SQLite's constants by group and name, as its build lists them. */
  get constants(): Record<string, Record<string, number>> {
    return this.#constants().byName;
  }

  /** Registers what C is to call; the number is passed as the data of the callback. */
  addTarget(target: CallbackTarget): number {
    const id = this.#nextTarget++;
    this.#targets.set(id, target);
    return id;
  }

  removeTarget(id: number): void {
    this.#targets.delete(id);
  }

  /** The target that a function's context belongs to. */
  targetOf(context: Pointer): CallbackTarget {
    return this.#targets.get(this.c.sqlite3_user_data(context)) ?? {};
  }

  #dispatchers(): Record<CallbackName, (...args: never[]) => unknown> {
    const ofContext =
      (name: CallbackName) =>
      (context: Pointer, ...rest: number[]) =>
        void (this.targetOf(context)[name] as ((...args: number[]) => unknown) | undefined)?.(context, ...rest);
    const byId = (id: number, name: CallbackName) =>
      this.#targets.get(id)?.[name] as ((...args: unknown[]) => number | undefined) | undefined;
    return {
      call: ofContext("call"),
      step: ofContext("step"),
      inverse: ofContext("inverse"),
      value: ofContext("value"),
      final: ofContext("final"),
      destroy: (id: number) => this.removeTarget(id),
      update: (id: number, ...rest: unknown[]) => void byId(id, "update")?.(...rest),
      trace: (kind: number, id: number, ...rest: unknown[]) => byId(id, "trace")?.(kind, ...rest) ?? 0,
      authorize: (id: number, ...rest: unknown[]) => byId(id, "authorize")?.(...rest) ?? 0,
    };
  }

  #permanentText(text: string): Pointer {
    const bytes = Buffer.from(`${text}\0`);
    const at = this.memory.allocate(bytes.length);
    this.memory.bytes.set(bytes, at);
    return at;
  }

  #constants() {
    if (!this.#names) {
      const json = this.memory.cText(this.c.sqlite3__wasm_enum_json()) ?? "{}";
      const groups = JSON.parse(json) as Record<string, Record<string, number>>;
      const codes = Object.entries(groups["resultCodes"] ?? {});
      this.#names = { byCode: new Map(codes.map(([name, code]) => [code, name])), byName: groups };
    }
    return this.#names;
  }
}
