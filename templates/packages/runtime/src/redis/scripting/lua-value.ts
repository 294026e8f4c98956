/**
 * Lua values as JavaScript values, for the libraries that scripts call. Strings are bytes; nil is undefined; functions do not
 * cross the border.
 */
export type LuaValue = undefined | boolean | number | Buffer | LuaTable | typeof JSON_NULL;

/** cjson.null: tells a JSON null from an absent value. */
export const JSON_NULL: unique symbol = Symbol("cjson.null");

/** A table as its pairs, in the machine's order. */
export class LuaTable {
  readonly entries: [LuaValue, LuaValue][];

  constructor(entries: [LuaValue, LuaValue][] = []) {
    this.entries = entries;
  }

  static fromList(values: readonly LuaValue[]): LuaTable {
    return new LuaTable(values.map((value, i) => [i + 1, value]));
  }

  static fromFields(fields: Record<string, LuaValue>): LuaTable {
    return new LuaTable(Object.entries(fields).map(([name, value]) => [Buffer.from(name), value]));
  }

  field(name: string): LuaValue {
    return this.entries.find(([key]) => key instanceof Uint8Array && key.toString("latin1") === name)?.[1];
  }

  /** The values at 1, 2, … up to the first absent one: what Redis makes an array of. */
  list(): LuaValue[] {
    const byIndex = new Map(this.entries.filter(([key]) => typeof key === "number"));
    const values: LuaValue[] = [];
    for (let i = 1; byIndex.get(i) !== undefined; i++) values.push(byIndex.get(i));
    return values;
  }
}

/** An error that a library raises in the script: a message, to which the script's line is added, or a value as it is. */
export class LuaError extends Error {
  readonly value: LuaTable | null;

  constructor(cause: string | LuaTable) {
    super(typeof cause === "string" ? cause : "error value");
    this.value = typeof cause === "string" ? null : cause;
  }
}

/** A function of a library: it receives all arguments and returns all results. */
export type LibraryFunction = (args: LuaValue[]) => LuaValue[];
export type Library = Record<string, LibraryFunction>;

/** A number argument; strings that are numbers count, as everywhere in Lua. */
export function numberArgument(args: readonly LuaValue[], index: number, name: string): number {
  const value = args[index];
  if (typeof value === "number") return value;
  const text = value instanceof Uint8Array ? value.toString("latin1").trim() : "";
  if (text === "" || Number.isNaN(Number(text))) {
    throw new LuaError(`bad argument #${index + 1} to '${name}' (number expected, got ${typeName(value)})`);
  }
  return Number(text);
}

/** A string argument; numbers count. */
export function stringArgument(args: readonly LuaValue[], index: number, name: string): Buffer {
  const value = args[index];
  if (value instanceof Uint8Array) return value;
  if (typeof value === "number") return Buffer.from(formatLuaNumber(value));
  throw new LuaError(`bad argument #${index + 1} to '${name}' (string expected, got ${typeName(value)})`);
}

/** A number as Lua 5.1 prints it (`%.14g`). */
export function formatLuaNumber(value: number): string {
  return formatGeneral(value, 14);
}

/** C's `%.<precision>g`. */
export function formatGeneral(value: number, precision: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", power = "0"] = value.toExponential(precision - 1).split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= precision) {
    const digits = Math.abs(exponent).toString().padStart(2, "0");
    return `${trimZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  return trimZeros(value.toFixed(Math.max(precision - 1 - exponent, 0)));
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

export function typeName(value: LuaValue): string {
  if (value === undefined) return "nil";
  if (value instanceof Uint8Array) return "string";
  if (value instanceof LuaTable) return "table";
  return value === JSON_NULL ? "userdata" : typeof value;
}
