/** `$type`, `$convert` and the operators named after the types. */
import { encodeDocument } from "../../bson/encode";
import {
  Binary,
  BSONSymbol,
  Decimal128,
  isDocument,
  Long,
  ObjectId,
  Timestamp,
  TYPE,
  type TypeName,
  typeName,
} from "../../bson/values";
import { MongoError } from "../../errors";
import { double, fitsLong, integer, isNumeric, numberKind, toBigInt, toDecimal, toDouble } from "../../values/numbers";
import { onArguments, type OperatorCompiler, type OperatorTable } from "../expressions";

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

const fail = (value: unknown, target: string, why = ""): MongoError =>
  new MongoError(
    "ConversionFailure",
    `${why || `Unsupported conversion from ${typeName(value)} to ${target}`} in $convert with no onError value`,
  );

/** Converts a value that is not null. */
export function convertValue(value: unknown, target: TypeName): unknown {
  switch (target) {
    case "double":
      return double(toDouble(asNumber(value, target)));
    case "decimal":
      return typeof value === "string" ? parseDecimal(value) : toDecimal(asNumber(value, target));
    case "int":
    case "long":
      return toWhole(value, target);
    case "bool":
      return isNumeric(value) ? toDouble(value) !== 0 : typeof value === "boolean" ? value : true;
    case "string":
      return toText(value);
    case "objectId":
      if (value instanceof ObjectId) return value;
      if (typeof value === "string" && /^[0-9a-f]{24}$/i.test(value)) return new ObjectId(value);
      throw fail(value, target, `Failed to parse objectId '${String(value)}'`);
    case "date":
      return toDate(value);
    default:
      if (typeName(value) === target) return value;
      throw fail(value, target);
  }
}

type Number128 = Parameters<typeof toDouble>[0];

function asNumber(value: unknown, target: TypeName): Number128 {
  if (isNumeric(value)) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date && target !== "int") return integer(BigInt(value.getTime()), "long");
  if (typeof value === "string") return parseDouble(value, target);
  throw fail(value, target);
}

function parseDouble(text: string, target: TypeName): number {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || /^[+-]?(?:inf|infinity|nan)$/i.test(text);
  if (!number) throw fail(text, target, `Failed to parse number '${text}'`);
  if (/inf/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /nan/i.test(text) ? NaN : Number(text);
}

function parseDecimal(text: string): Decimal128 {
  try {
    return Decimal128.fromString(text);
  } catch {
    throw fail(text, "decimal", `Failed to parse number '${text}'`);
  }
}

function toWhole(value: unknown, target: "int" | "long"): unknown {
  if (typeof value === "string") {
    if (!/^[+-]?\d+$/.test(value)) throw fail(value, target, `Failed to parse number '${value}'`);
    return inRange(BigInt(value), target, value);
  }
  const number = asNumber(value, target);
  const kind = numberKind(number);
  if (kind === "int" || kind === "long") return inRange(toBigInt(number), target, value);
  const whole = Math.trunc(toDouble(number));
  if (!Number.isFinite(whole)) throw fail(value, target, "Attempt to convert NaN or an infinity to an integer type");
  return inRange(BigInt(whole), target, value);
}

function inRange(whole: bigint, target: "int" | "long", value: unknown): number | Long {
  const fits = target === "long" ? fitsLong(whole) : whole >= -(2n ** 31n) && whole < 2n ** 31n;
  if (!fits) throw fail(value, target, "Conversion would overflow target type");
  return integer(whole, target);
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return String(value);
  if (isNumeric(value)) return value instanceof Decimal128 ? value.toString() : String(numberText(value));
  if (value instanceof ObjectId) return value.toHexString();
  if (typeof value === "string") return value;
  if (value instanceof BSONSymbol) return value.value;
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID) return value.toUUID().toString();
  if (Array.isArray(value) || isDocument(value)) return JSON.stringify(value);
  throw fail(value, "string");
}

const numberText = (value: Number128): number | bigint =>
  numberKind(value) === "long" ? toBigInt(value) : toDouble(value);

function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.getHighBitsUnsigned() * 1000);
  if (isNumeric(value) && numberKind(value) !== "int") return new Date(Math.trunc(toDouble(value)));
  if (typeof value === "string") {
    const text =
      /[zZ]$|[+-]\d{2}:?\d{2}$|GMT|UTC/.test(value) || !/^\d{4}-\d{2}-\d{2}[T ]/.test(value) ? value : `${value}Z`;
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return new Date(time);
    throw fail(value, "date", `Error parsing date string '${value}'`);
  }
  throw fail(value, "date");
}

function targetType(value: unknown): TypeName {
  const wanted = isDocument(value) ? value.type : value;
  if (typeof wanted === "string" && Object.hasOwn(TYPE, wanted)) return wanted as TypeName;
  const named = Object.entries(TYPE).find(([, number]) => number === wanted);
  if (named) return named[0] as TypeName;
  throw new MongoError("BadValue", `Unknown type name: ${String(wanted)}`);
}

const convert: OperatorCompiler = (operand, compiler, name) => {
  if (!isDocument(operand)) throw new MongoError("FailedToParse", `${name} expects an object of named arguments`);
  const [input, to, onError, onNull] = ["input", "to", "onError", "onNull"].map((key) =>
    Object.hasOwn(operand, key) ? compiler.compile(operand[key]) : null,
  );
  if (!input || !to) throw new MongoError("FailedToParse", `Missing '${input ? "to" : "input"}' parameter to ${name}`);
  return (scope) => {
    const value = input(scope);
    if (isNull(value)) return onNull ? onNull(scope) : null;
    try {
      return convertValue(value, targetType(to(scope)));
    } catch (error) {
      if (onError && error instanceof MongoError) return onError(scope);
      throw error;
    }
  };
};

const to = (target: TypeName): OperatorCompiler =>
  onArguments(1, ([value]) => (isNull(value) ? null : convertValue(value, target)));

export const TYPES: OperatorTable = {
  $type: onArguments(1, ([value]) => typeName(value)),
  $isNumber: onArguments(1, ([value]) => isNumeric(value)),
  $convert: convert,
  $toString: to("string"),
  $toInt: to("int"),
  $toLong: to("long"),
  $toDouble: to("double"),
  $toDecimal: to("decimal"),
  $toBool: to("bool"),
  $toDate: to("date"),
  $toObjectId: to("objectId"),
  $bsonSize: onArguments(1, ([value]) => (isNull(value) ? null : encodedSize(value))),
};

function encodedSize(value: unknown): number {
  if (!isDocument(value)) throw new MongoError(31393, `$bsonSize requires a document input, found: ${typeName(value)}`);
  return encodeDocument(value).length;
}
