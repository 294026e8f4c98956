/** How the package sqlite3 takes parameters: in a row, in an array, or in an object by name or number. */
import type { Execution, SqlValue } from "../connection";
import { SQLITE_OK } from "../engine";
import type { Callback } from "./errors";

/** A value and where it goes. Undefined values stay unbound, which is NULL. */
export interface Parameter {
  position: number | string;
  value: SqlValue;
}

/** Takes the callback off the end of arguments. */
export function splitCallback(values: unknown[]): { values: unknown[]; callback: Callback | undefined } {
  const last = values.at(-1);
  if (typeof last !== "function") return { values, callback: undefined };
  return { values: values.slice(0, -1), callback: last as Callback };
}

export function readParameters(values: unknown[]): Parameter[] {
  const [first] = values;
  if (values.length === 0) return [];
  if (Array.isArray(first)) return byPosition(first as unknown[]);
  if (!isNamed(first)) return byPosition(values);
  return Object.entries(first).flatMap(([key, value]) => {
    const number = Number(key);
    return parameter(Number.isInteger(number) ? number : key, value);
  });
}

function isNamed(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return !(value instanceof RegExp || value instanceof Date || ArrayBuffer.isView(value));
}

function byPosition(values: unknown[]): Parameter[] {
  return values.flatMap((value, i) => parameter(i + 1, value));
}

function parameter(position: number | string, value: unknown): Parameter[] {
  const converted = convert(value);
  return converted === undefined ? [] : [{ position, value: converted }];
}

function convert(value: unknown): SqlValue | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return value === (value | 0) ? BigInt(value) : value;
    case "boolean":
      return value ? 1n : 0n;
    case "object":
      if (value === null) return null;
      if (value instanceof RegExp) return String(value);
      if (value instanceof Date) return value.getTime();
      if (ArrayBuffer.isView(value))
        return Uint8Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return "[object Object]";
    default:
      return undefined;
  }
}

/** Binds all parameters; returns SQLite's code for the first that cannot be. */
export function bindParameters(execution: Execution, parameters: readonly Parameter[]): number {
  for (const { position, value } of parameters) {
    const code = execution.bind(typeof position === "number" ? position : indexOf(execution, position), value);
    if (code !== SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

/** 0, which SQLite refuses, where the statement has no such name. */
function indexOf(execution: Execution, name: string): number {
  for (let i = 1; i <= execution.parameterCount; i++) if (execution.parameterName(i) === name) return i;
  return 0;
}
