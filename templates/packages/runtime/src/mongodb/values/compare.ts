/** MongoDB's order of values across all types, which sorting, ranges, equality, `$max` and unique indexes follow. */
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  type Doc,
  isDocument,
  Long,
  type ObjectId,
  type Timestamp,
  typeName,
} from "../bson/values";
import type { Collation } from "./collation";
import { compareNumbers, type Numeric } from "./numbers";

/** The place of each type in the order; numbers share one, strings and symbols too. A missing value sorts with null. */
const RANKS: Record<string, number> = {
  minKey: 1,
  undefined: 2,
  missing: 3,
  null: 3,
  int: 4,
  long: 4,
  double: 4,
  decimal: 4,
  string: 5,
  symbol: 5,
  object: 6,
  array: 7,
  binData: 8,
  objectId: 9,
  bool: 10,
  date: 11,
  timestamp: 12,
  regex: 13,
  javascript: 14,
  javascriptWithScope: 15,
  maxKey: 127,
};

export function typeRank(value: unknown): number {
  return RANKS[typeName(value)]!;
}

/** Negative, zero or positive, as `a` is below, equal to or above `b`. */
export function compareValues(a: unknown, b: unknown, collation?: Collation): number {
  if (typeof a === "number" && typeof b === "number" && a === a && b === b) return a < b ? -1 : a > b ? 1 : 0;
  const rank = typeRank(a);
  const order = rank - typeRank(b);
  return order !== 0 ? order : compareSameRank(rank, a, b, collation);
}

function compareSameRank(rank: number, a: unknown, b: unknown, collation?: Collation): number {
  switch (rank) {
    case RANKS.int:
      return compareNumbers(a as Numeric, b as Numeric);
    case RANKS.string: {
      const [x, y] = [textOf(a), textOf(b)];
      return collation ? collation.compare(x, y) : compareText(x, y);
    }
    case RANKS.object:
      return compareDocuments(a as Doc, b as Doc, collation);
    case RANKS.array:
      return compareArrays(a as unknown[], b as unknown[], collation);
    case RANKS.binData:
      return compareBinaries(a as Binary, b as Binary);
    case RANKS.objectId:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case RANKS.bool:
      return Number(a) - Number(b);
    case RANKS.date:
      return (a as Date).getTime() - (b as Date).getTime();
    case RANKS.timestamp:
      return compareTimestamps(a as Timestamp, b as Timestamp);
    case RANKS.regex:
      return compareRegExps(a, b);
    case RANKS.javascript:
    case RANKS.javascriptWithScope:
      return compareText((a as Code).code, (b as Code).code);
    default:
      return 0;
  }
}

const textOf = (value: unknown): string => (value instanceof BSONSymbol ? value.value : (value as string));

/** The order of the UTF-8 bytes; JavaScript's `<` puts characters outside the basic plane elsewhere. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
  const [surrogateX, surrogateY] = [isSurrogate(x), isSurrogate(y)];
  if (surrogateX !== surrogateY) return surrogateX ? 1 : -1;
  return x - y;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Field by field: first the type, then the name, then the value; a document that is the beginning of another is below it. */
function compareDocuments(a: Doc, b: Doc, collation?: Collation): number {
  const [namesA, namesB] = [Object.keys(a), Object.keys(b)];
  const length = Math.min(namesA.length, namesB.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[namesA[i]!], b[namesB[i]!]];
    const order = typeRank(x) - typeRank(y) || compareText(namesA[i]!, namesB[i]!) || compareValues(x, y, collation);
    if (order !== 0) return order;
  }
  return namesA.length - namesB.length;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[], collation?: Collation): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(a[i], b[i], collation);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareBinaries(a: Binary, b: Binary): number {
  const order = a.position - b.position || a.sub_type - b.sub_type;
  return order || Buffer.compare(a.buffer.subarray(0, a.position), b.buffer.subarray(0, b.position));
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.high >>> 0 === b.high >>> 0 ? (a.low >>> 0) - (b.low >>> 0) : (a.high >>> 0) - (b.high >>> 0);
}

function compareRegExps(a: unknown, b: unknown): number {
  const [x, y] = [regExpParts(a), regExpParts(b)];
  return compareText(x.pattern, y.pattern) || compareText(x.options, y.options);
}

export function regExpParts(value: unknown): { pattern: string; options: string } {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  const { source, flags } = value as RegExp;
  return { pattern: source, options: flags.replace(/[^imsux]/g, "") };
}

/** Equality as MongoDB has it: the same type class and value, a document's fields in the same order. */
export function equalValues(a: unknown, b: unknown, collation?: Collation): boolean {
  if (a === b && typeof a !== "object") return true;
  return compareValues(a, b, collation) === 0;
}

/**
 * A text that is the same for equal values and different for others, for grouping and sets; shorter to compare than the
 * values themselves.
 */
export function identity(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `s${value}`;
    case "boolean":
      return value ? "t" : "f";
    case "undefined":
      return "u";
    case "number":
      return Number.isNaN(value) ? "nNaN" : `n${value === 0 ? 0 : value}`;
    default:
      return value === null ? "0" : objectIdentity(value as object);
  }
}

function objectIdentity(value: object): string {
  if (Array.isArray(value)) return `[${value.map((item) => quoted(identity(item))).join("")}]`;
  if (isDocument(value)) {
    return `{${Object.keys(value)
      .map((name) => quoted(name) + quoted(identity(value[name])))
      .join("")}}`;
  }
  switch (typeName(value)) {
    case "objectId":
      return `o${(value as ObjectId).toHexString()}`;
    case "date":
      return `d${(value as Date).getTime()}`;
    case "double":
      return identity(Number(value));
    case "long": {
      const exact = (value as Long).toBigInt();
      return BigInt.asIntN(54, exact) === exact ? identity(Number(exact)) : `n${exact}`;
    }
    case "decimal":
      return decimalIdentity(String(value));
    case "binData": {
      const binary = value as Binary;
      return `b${binary.sub_type}:${Buffer.from(binary.buffer.subarray(0, binary.position)).toString("base64")}`;
    }
    case "regex": {
      const { pattern, options } = regExpParts(value);
      return `r${quoted(pattern)}${options}`;
    }
    default:
      return `${typeName(value)}${String((value as Code).code ?? value)}`;
  }
}

/** A decimal that a double expresses with the same digits is the same number as that double. */
function decimalIdentity(text: string): string {
  const number = Number(text);
  return Number.isSafeInteger(number) || text === "NaN" ? identity(number) : `n${trimmed(text)}`;
}

const trimmed = (text: string): string => (text.includes(".") && !/e/i.test(text) ? text.replace(/\.?0+$/, "") : text);

const quoted = (text: string): string => `${text.length}:${text}`;
