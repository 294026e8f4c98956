/** Functions and aggregates that an application defines in JavaScript and SQLite calls. */
import type { Connection, SqlValue } from "./connection";
import { type CallbackTarget, SqliteFailure } from "./engine";
import type { Pointer } from "./exports";

const UTF8 = 1;
const DETERMINISTIC = 0x800;
const DIRECT_ONLY = 0x80000;
const COPY = -1;
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;

export interface FunctionOptions {
  name: string;
  /** -1: any number. */
  parameters: number;
  deterministic: boolean;
  directOnly: boolean;
  /** Integers are passed as bigints. */
  bigints: boolean;
  /** Told about what the application's code throws; SQLite only learns that something went wrong. */
  onError(error: unknown): void;
  /** Turns a result into a value, or throws what the package throws. */
  convert(result: unknown): SqlValue;
}

export interface AggregateCode {
  /** The value to begin with, asked for each group. */
  start(): unknown;
  step(accumulated: unknown, values: SqlValue[]): unknown;
  /** Takes values back, for window functions. */
  inverse?: ((accumulated: unknown, values: SqlValue[]) => unknown) | undefined;
  result(accumulated: unknown): unknown;
}

/** Defines a function. */
export function defineFunction(
  connection: Connection,
  options: FunctionOptions,
  code: (values: SqlValue[]) => unknown,
): void {
  const { c, memory, callbacks } = connection.engine;
  const target: CallbackTarget = {
    call: (context: Pointer, count: number, values: Pointer) =>
      guard(connection, options, context, () => {
        putResult(connection, context, options.convert(code(readValues(connection, count, values, options.bigints))));
      }),
  };
  const id = connection.engine.addTarget(target);
  const result = memory.withText(options.name, (name) =>
    c.sqlite3_create_function_v2(
      ...[connection.handle, name, options.parameters, flagsOf(options), id, callbacks.call, 0, 0],
      callbacks.destroy,
    ),
  );
  connection.check(result);
}

/** Defines an aggregate function, which is a window function too where it can take values back. */
export function defineAggregate(connection: Connection, options: FunctionOptions, code: AggregateCode): void {
  const { c, memory, callbacks } = connection.engine;
  const groups = new Map<Pointer, { value: unknown; isWindow: boolean }>();
  // SQLite gives each group a piece of memory, whose address tells them apart.
  const groupOf = (context: Pointer) => {
    const at = c.sqlite3_aggregate_context(context, 8);
    let group = groups.get(at);
    if (!group) groups.set(at, (group = { value: code.start(), isWindow: false }));
    return { at, group };
  };
  const change =
    (apply: AggregateCode["step"]) =>
    (context: Pointer, count: number, values: Pointer): void =>
      guard(connection, options, context, () => {
        const { group } = groupOf(context);
        const result = apply(group.value, readValues(connection, count, values, options.bigints));
        if (result !== undefined) group.value = result;
      });
  const target: CallbackTarget = {
    step: change(code.step),
    ...(code.inverse ? { inverse: change(code.inverse) } : {}),
    value: (context: Pointer) =>
      guard(connection, options, context, () => {
        const { group } = groupOf(context);
        group.isWindow = true;
        putResult(connection, context, options.convert(code.result(group.value)));
      }),
    final: (context: Pointer) =>
      guard(connection, options, context, () => {
        const { at, group } = groupOf(context);
        groups.delete(at);
        // A window's last value has been asked for already.
        if (!group.isWindow) putResult(connection, context, options.convert(code.result(group.value)));
      }),
  };
  const id = connection.engine.addTarget(target);
  const [value, inverse] = code.inverse ? [callbacks.value, callbacks.inverse] : [0, 0];
  const result = memory.withText(options.name, (name) =>
    c.sqlite3_create_window_function(
      ...[connection.handle, name, options.parameters, flagsOf(options), id, callbacks.step, callbacks.final],
      ...[value, inverse],
      callbacks.destroy,
    ),
  );
  connection.check(result);
}

function flagsOf({ deterministic, directOnly }: FunctionOptions): number {
  return UTF8 | (deterministic ? DETERMINISTIC : 0) | (directOnly ? DIRECT_ONLY : 0);
}

/** Runs the application's code. An exception must not pass through SQLite: it becomes an error of the statement. */
function guard(connection: Connection, options: FunctionOptions, context: Pointer, work: () => void): void {
  try {
    work();
  } catch (error) {
    options.onError(error);
    const { c, memory } = connection.engine;
    const message = error instanceof Error ? error.message : String(error);
    memory.withText(message, (text, size) => c.sqlite3_result_error(context, text, size));
  }
}

function readValues({ engine }: Connection, count: number, values: Pointer, bigints: boolean): SqlValue[] {
  const { c, memory } = engine;
  return Array.from({ length: count }, (_, i) => {
    const value = memory.pointerAt(values + 4 * i);
    switch (c.sqlite3_value_type(value)) {
      case INTEGER:
        return bigints ? c.sqlite3_value_int64(value) : c.sqlite3_value_double(value);
      case FLOAT:
        return c.sqlite3_value_double(value);
      case TEXT: {
        const text = c.sqlite3_value_text(value);
        return memory.text(text, c.sqlite3_value_bytes(value));
      }
      case BLOB: {
        const data = c.sqlite3_value_blob(value);
        return memory.copy(data, c.sqlite3_value_bytes(value));
      }
      default:
        return null;
    }
  });
}

function putResult({ engine }: Connection, context: Pointer, value: SqlValue): void {
  const { c, memory } = engine;
  switch (typeof value) {
    case "number":
      return c.sqlite3_result_double(context, value);
    case "bigint":
      return c.sqlite3_result_int64(context, value);
    case "string":
      return memory.withText(value, (text, size) => c.sqlite3_result_text(context, text, size, COPY));
    default:
      if (value === null) return c.sqlite3_result_null(context);
      return memory.withBytes(value, (data, size) => c.sqlite3_result_blob(context, data, size, COPY));
  }
}

/** Reads a whole database as the bytes its file would have. */
export function serialize(connection: Connection, schema: string): Buffer {
  const { c, memory } = connection.engine;
  return memory.withSlots(1, (size) => {
    const at = memory.withText(schema, (name) => c.sqlite3_serialize(connection.handle, name, size, 0));
    const length = Number(memory.view.getBigInt64(size, true));
    if (at === 0) {
      if (length < 0) throw new SqliteFailure(`unknown database ${schema}`, 1);
      return Buffer.alloc(0);
    }
    const bytes = memory.copy(at, length);
    c.sqlite3_free(at);
    return bytes;
  });
}

const DESERIALIZE_FREE_ON_CLOSE = 1;
const DESERIALIZE_RESIZEABLE = 2;
const DESERIALIZE_READONLY = 4;

/** Replaces a database by one in memory that is made of bytes. */
export function deserialize(connection: Connection, schema: string, data: Uint8Array, isReadonly: boolean): void {
  const { c, memory } = connection.engine;
  const size = BigInt(data.length);
  const at = c.sqlite3_malloc64(size);
  memory.bytes.set(data, at);
  const flags = DESERIALIZE_FREE_ON_CLOSE | DESERIALIZE_RESIZEABLE | (isReadonly ? DESERIALIZE_READONLY : 0);
  const code = memory.withText(schema, (name) => c.sqlite3_deserialize(connection.handle, name, at, size, size, flags));
  if (code !== 0)
    throw new SqliteFailure(code === 1 ? "unable to deserialize database" : errorText(connection, code), code);
}

/** SQLite's words for a result code. */
export function errorText({ engine }: Connection, code: number): string {
  return engine.memory.cText(engine.c.sqlite3_errstr(code)) ?? "";
}

/** A copy of a database being made page by page. */
export class PageCopy {
  readonly #from: Connection;
  readonly #to: Connection;
  readonly #at: Pointer;
  #isOpen = true;

  constructor(from: Connection, fromSchema: string, to: Connection, toSchema: string) {
    const { c, memory } = from.engine;
    this.#from = from;
    this.#to = to;
    this.#at = memory.withText(toSchema, (toName) =>
      memory.withText(fromSchema, (fromName) => c.sqlite3_backup_init(to.handle, toName, from.handle, fromName)),
    );
    if (this.#at === 0) throw to.failure();
  }

  /** Copies some pages, all with -1. Returns SQLite's code. */
  step(pages: number): number {
    return this.#from.engine.c.sqlite3_backup_step(this.#at, pages);
  }

  get remaining(): number {
    return this.#from.engine.c.sqlite3_backup_remaining(this.#at);
  }

  get pageCount(): number {
    return this.#from.engine.c.sqlite3_backup_pagecount(this.#at);
  }

  /** Ends the copy. What is not complete by then is not there. */
  finish(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#to.isOpen) this.#from.engine.c.sqlite3_backup_finish(this.#at);
  }
}
