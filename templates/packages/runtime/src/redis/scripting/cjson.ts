import {
  formatLuaNumber,
  JSON_NULL,
  type Library,
  LuaError,
  LuaTable,
  type LuaValue,
  stringArgument,
} from "./lua-value";

/** Deepest nesting, as lua-cjson's default. */
const MAX_DEPTH = 1000;

/** A table with numeric keys is an array unless more than this share of its places is empty (lua-cjson's sparse ratio). */
const SPARSE_RATIO = 2;
const SPARSE_SAFE = 10;

/** The library `cjson`, as Redis has it. */
export function cjsonLibrary(): { functions: Library; constants: Record<string, LuaValue> } {
  return {
    functions: {
      encode: ([value, ...rest]) => {
        if (rest.length > 0) throw new LuaError("bad argument #1 to 'encode' (expected 1 argument)");
        return [Buffer.from(encode(value, 0), "latin1")];
      },
      decode: (args) => [decodeJson(stringArgument(args, 0, "decode").toString("latin1"))],
      // Settings that scripts make for lua-cjson's sake; the defaults are in force.
      encode_keep_buffer: () => [true],
      encode_max_depth: () => [MAX_DEPTH],
      decode_max_depth: () => [MAX_DEPTH],
      encode_number_precision: () => [14],
      encode_sparse_array: () => [false, SPARSE_RATIO, SPARSE_SAFE],
      encode_invalid_numbers: () => [false],
      decode_invalid_numbers: () => [false],
    },
    constants: { null: JSON_NULL, _NAME: Buffer.from("cjson"), _VERSION: Buffer.from("2.1.0") },
  };
}

function encode(value: LuaValue, depth: number): string {
  if (value === undefined || value === JSON_NULL) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new LuaError("Cannot serialise number: must not be NaN or Inf");
    return formatLuaNumber(value);
  }
  if (value instanceof Uint8Array) return quoteJson(value.toString("latin1"));
  if (depth >= MAX_DEPTH) throw new LuaError(`Cannot serialise, excessive depth (${depth + 1})`);
  const length = arrayLength(value);
  if (length !== null) {
    const byIndex = new Map(value.entries);
    return `[${Array.from({ length }, (_, i) => encode(byIndex.get(i + 1), depth + 1)).join(",")}]`;
  }
  const members = value.entries.map(([key, item]) => {
    if (typeof key !== "number" && !(key instanceof Uint8Array)) {
      throw new LuaError("Cannot serialise table: table key must be a number or string");
    }
    const name = typeof key === "number" ? formatLuaNumber(key) : key.toString("latin1");
    return `${quoteJson(name)}:${encode(item, depth + 1)}`;
  });
  return `{${members.join(",")}}`;
}

/** Length of the array the table is, or null for an object. An empty table is an object. */
function arrayLength({ entries }: LuaTable): number | null {
  let max = 0;
  for (const [key] of entries) {
    if (typeof key !== "number" || !Number.isInteger(key) || key < 1) return null;
    max = Math.max(max, key);
  }
  if (max === 0) return null;
  if (max > entries.length * SPARSE_RATIO && max > SPARSE_SAFE) {
    throw new LuaError("Cannot serialise table: excessively sparse array");
  }
  return max;
}

const ESCAPES: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function quoteJson(text: string): string {
  const escaped = text.replace(
    /["\\/\x00-\x1f\x7f]/g,
    (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/**
 * Parses JSON whose strings are bytes (latin1 text). JSON.parse reads the text as characters and is given those bytes one by one;
 * `\u` escapes become UTF-8, which is where the two differ, so escapes are turned into bytes first.
 */
function decodeJson(text: string): LuaValue {
  const bytes = text.replace(
    /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\\\|\\u[\da-fA-F]{4}/g,
    (escape) => (escape === "\\\\" ? escape : utf8Escape(escape)),
  );
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LuaError(`Expected value but found invalid token at character 1 (${reason})`);
  }
  return fromJson(parsed, 0);
}

/** The escape's character as escapes of its UTF-8 bytes; a half of a surrogate pair stays as it is. */
function utf8Escape(escape: string): string {
  const character = JSON.parse(`"${escape}"`) as string;
  return [...Buffer.from(character)].map((byte) => `\\u${byte.toString(16).padStart(4, "0")}`).join("");
}

function fromJson(value: unknown, depth: number): LuaValue {
  if (depth > MAX_DEPTH) throw new LuaError("Found too many nested data structures");
  if (value === null) return JSON_NULL;
  if (typeof value === "string") return Buffer.from(value, "latin1");
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return LuaTable.fromList(value.map((item) => fromJson(item, depth + 1)));
  return new LuaTable(
    Object.entries(value as object).map(([name, item]) => [Buffer.from(name, "latin1"), fromJson(item, depth + 1)]),
  );
}
