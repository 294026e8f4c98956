/** Strings. Regular expressions are in library.ts. */
import { BSONSymbol, typeName } from "../../bson/values";
import { MongoError } from "../../errors";
import { compareText } from "../../values/compare";
import { isNumeric, toInteger } from "../../values/numbers";
import { onArguments, onNamed, onValues, type OperatorCompiler, type OperatorTable } from "../expressions";
import { convertValue } from "./types";

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

/** What string operators make of other types: null is an empty string, numbers and dates are written out. */
function text(value: unknown, name: string): string {
  if (isNull(value)) return "";
  if (typeof value === "string") return value;
  if (value instanceof BSONSymbol) return value.value;
  if (isNumeric(value) || value instanceof Date) return String(convertValue(value, "string"));
  throw new MongoError(16007, `can't convert from BSON type ${typeName(value)} to String (${name})`);
}

function requireString(value: unknown, name: string, code: number): string {
  if (typeof value === "string") return value;
  throw new MongoError(code, `${name} requires a string argument, found: ${typeName(value)}`);
}

function requireIndex(value: unknown, name: string): number {
  const number = toInteger(value);
  if (number === null)
    throw new MongoError(34450, `${name}: starting index must be a numeric type (is BSON type ${typeName(value)})`);
  return number;
}

const concat = onValues((values, name) => {
  if (values.some(isNull)) return null;
  const wrong = values.find((value) => typeof value !== "string");
  if (wrong !== undefined) throw new MongoError(16702, `${name} only supports strings, not ${typeName(wrong)}`);
  return values.join("");
});

const substringOfCharacters = onArguments(3, ([value, start, length], name) => {
  const characters = [...text(value, name)];
  const [from, count] = [requireIndex(start, name), requireIndex(length, name)];
  if (from < 0) throw new MongoError(34451, `${name}: the starting index must be non-negative.`);
  return characters.slice(from, count < 0 ? undefined : from + count).join("");
});

const substringOfBytes = onArguments(3, ([value, start, length], name) => {
  const bytes = Buffer.from(text(value, name));
  const [from, count] = [requireIndex(start, name), requireIndex(length, name)];
  if (from < 0) throw new MongoError(50752, `${name}: starting index must be non-negative (got: ${from})`);
  const end = count < 0 ? bytes.length : Math.min(bytes.length, from + count);
  const splits = (at: number): boolean => at < bytes.length && (bytes[at]! & 0xc0) === 0x80;
  if (splits(from) || splits(end)) throw new MongoError(28656, `${name}: Invalid range, a character is cut.`);
  return bytes.toString("utf8", from, end);
});

/** `$indexOfCP`, `$indexOfBytes`: positions counted in characters or bytes. */
const indexOf = (parts: (text: string) => ArrayLike<unknown>): OperatorCompiler =>
  onValues(([value, wanted, start, end], name) => {
    if (isNull(value)) return null;
    const whole = requireString(value, name, 40093);
    const [units, sought] = [parts(whole), parts(requireString(wanted, name, 40094))];
    const last = (end === undefined ? units.length : Math.min(units.length, requireIndex(end, name))) - sought.length;
    for (let i = start === undefined ? 0 : requireIndex(start, name); i <= last; i++) {
      let j = 0;
      while (j < sought.length && units[i + j] === sought[j]) j++;
      if (j === sought.length) return i;
    }
    return -1;
  });

const WHITE_SPACE = /[\0\s]/;

const trim = (left: boolean, right: boolean): OperatorCompiler =>
  onNamed(["input", "chars"], ({ input, chars }, name) => {
    if (isNull(input) || chars === null) return null;
    const characters = [...requireString(input, name, 50699)];
    const unwanted = chars === undefined ? null : new Set(requireString(chars, name, 50700));
    const goes = (character: string): boolean => (unwanted ? unwanted.has(character) : WHITE_SPACE.test(character));
    let [start, end] = [0, characters.length];
    while (left && start < end && goes(characters[start]!)) start++;
    while (right && end > start && goes(characters[end - 1]!)) end--;
    return characters.slice(start, end).join("");
  });

const replace = (every: boolean): OperatorCompiler =>
  onNamed(["input", "find", "replacement"], ({ input, find, replacement }, name) => {
    if ([input, find, replacement].some(isNull)) return null;
    const [whole, sought, put] = [input, find, replacement].map((value) => requireString(value, name, 51746));
    return every ? whole!.replaceAll(sought!, () => put!) : whole!.replace(sought!, () => put!);
  });

const split = onArguments(2, ([value, separator], name) => {
  if (isNull(value) || isNull(separator)) return null;
  const by = requireString(separator, name, 40086);
  if (by === "") throw new MongoError(40087, `${name} requires a non-empty separator`);
  return requireString(value, name, 40085).split(by);
});

export const STRINGS: OperatorTable = {
  $concat: concat,
  $toLower: onArguments(1, ([value], name) => text(value, name).toLowerCase()),
  $toUpper: onArguments(1, ([value], name) => text(value, name).toUpperCase()),
  $substrCP: substringOfCharacters,
  $substr: substringOfBytes,
  $substrBytes: substringOfBytes,
  $indexOfCP: indexOf((whole) => [...whole]),
  $indexOfBytes: indexOf((whole) => Buffer.from(whole)),
  $strLenCP: onArguments(1, ([value], name) => [...requireString(value, name, 34471)].length),
  $strLenBytes: onArguments(1, ([value], name) => Buffer.byteLength(requireString(value, name, 34473))),
  $strcasecmp: onArguments(2, ([a, b], name) =>
    Math.sign(compareText(text(a, name).toUpperCase(), text(b, name).toUpperCase())),
  ),
  $trim: trim(true, true),
  $ltrim: trim(true, false),
  $rtrim: trim(false, true),
  $replaceOne: replace(false),
  $replaceAll: replace(true),
  $split: split,
};
