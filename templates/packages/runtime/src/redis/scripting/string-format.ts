import { quote } from "../monitors";
import {
  formatGeneral,
  formatLuaNumber,
  LuaError,
  LuaTable,
  type LuaValue,
  numberArgument,
  typeName,
} from "./lua-value";

/**
 * string.format of Lua 5.1. The machine's own takes only 32-bit integers for %d, where 5.1 takes any number and cuts its
 * fraction off.
 */
export function stringFormat(args: LuaValue[]): LuaValue[] {
  const format = args[0] instanceof Uint8Array ? args[0].toString("latin1") : String(args[0]);
  let next = 1;
  const text = format.replace(
    /%(?:%|([-+ #0]*)(\d*)(?:\.(\d*))?([a-zA-Z]))|%/g,
    (whole, flags: string | undefined, width: string, precision: string | undefined, kind: string | undefined) => {
      if (whole === "%%") return "%";
      if (kind === undefined) throw new LuaError("invalid option '%' to 'format'");
      const digits = precision === undefined ? null : Number(precision);
      const body = formatOne(kind, flags ?? "", digits, args, next++);
      return pad(body, flags ?? "", Number(width), kind);
    },
  );
  return [Buffer.from(text, "latin1")];
}

function formatOne(kind: string, flags: string, precision: number | null, args: LuaValue[], index: number): string {
  switch (kind) {
    case "s": {
      const text = display(args, index);
      return precision === null ? text : text.slice(0, precision);
    }
    case "q":
      return quote(Buffer.from(display(args, index), "latin1"));
    case "c":
      return String.fromCharCode(numberArgument(args, index, "format") & 0xff);
    case "d":
    case "i":
    case "u":
    case "x":
    case "X":
    case "o":
      return formatInteger(kind, flags, precision, numberArgument(args, index, "format"));
    case "e":
    case "E":
    case "f":
    case "g":
    case "G":
      return formatFloat(kind, flags, precision ?? 6, numberArgument(args, index, "format"));
    default:
      throw new LuaError(`invalid option '%${kind}' to 'format'`);
  }
}

function display(args: LuaValue[], index: number): string {
  if (index >= args.length) throw new LuaError(`bad argument #${index + 1} to 'format' (no value)`);
  const value = args[index];
  if (value instanceof Uint8Array) return value.toString("latin1");
  if (typeof value === "number") return formatLuaNumber(value);
  if (value instanceof LuaTable) return "table";
  return value === undefined ? "nil" : typeof value === "boolean" ? String(value) : typeName(value);
}

function formatInteger(kind: string, flags: string, precision: number | null, value: number): string {
  if (!Number.isFinite(value)) return String(value);
  let whole = BigInt(Math.trunc(value));
  const negative = whole < 0n && (kind === "d" || kind === "i");
  if (negative) whole = -whole;
  else if (whole < 0n) whole = BigInt.asUintN(64, whole);
  const base = kind === "o" ? 8 : kind.toLowerCase() === "x" ? 16 : 10;
  const digits = whole.toString(base).padStart(precision ?? 0, "0");
  return signOf(negative, flags) + (kind === "X" ? digits.toUpperCase() : digits);
}

function formatFloat(kind: string, flags: string, precision: number, value: number): string {
  const magnitude = Math.abs(value);
  let digits: string;
  if (!Number.isFinite(value)) digits = Number.isNaN(value) ? "nan" : "inf";
  else if (kind === "f") digits = fixed(magnitude, precision);
  else if (kind === "e" || kind === "E") {
    digits = magnitude.toExponential(precision).replace(/e([+-])(\d)$/, "e$10$2");
  } else digits = formatGeneral(magnitude, Math.max(precision, 1));
  const text = signOf(value < 0, flags) + digits;
  return kind === "E" || kind === "G" ? text.toUpperCase() : text;
}

/** toFixed switches to exponents at 1e21. */
function fixed(value: number, precision: number): string {
  if (value < 1e21) return value.toFixed(precision);
  return BigInt(value).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
}

function signOf(negative: boolean, flags: string): string {
  if (negative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function pad(text: string, flags: string, width: number, kind: string): string {
  if (text.length >= width) return text;
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || kind === "s") return text.padStart(width);
  const sign = /^[+\- ]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
