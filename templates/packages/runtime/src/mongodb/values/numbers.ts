/**
 * MongoDB's numbers: int32, int64, double and decimal128 are one type for comparison, and arithmetic widens from one to the next.
 * How they stand in memory is told in bson/values.ts.
 */
import { Decimal128, Double, isInt32, Long } from "../bson/values";

export type Numeric = number | Double | Long | Decimal128 | bigint;
export type NumberKind = "int" | "long" | "double" | "decimal";

export function isNumeric(value: unknown): value is Numeric {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    value instanceof Double ||
    (value instanceof Long && value._bsontype === "Long") ||
    value instanceof Decimal128
  );
}

export function numberKind(value: Numeric): NumberKind {
  if (typeof value === "number") return isInt32(value) ? "int" : "double";
  if (value instanceof Double) return "double";
  if (value instanceof Decimal128) return "decimal";
  return "long";
}

/** The nearest double. */
export function toDouble(value: Numeric): number {
  if (typeof value === "number") return value;
  if (value instanceof Double) return value.value;
  if (value instanceof Decimal128) return decimalToDouble(value);
  return Number(toBigInt(value));
}

/** A number of the type double, also when it has no fraction. */
export function double(value: number): number | Double {
  return isInt32(value) ? new Double(value) : value;
}

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

export function fitsLong(value: bigint): boolean {
  return value >= MIN_LONG && value <= MAX_LONG;
}

/** An integer as int32 where it fits and nothing asks for more, else as int64. */
export function integer(value: bigint, atLeast: "int" | "long" = "int"): number | Long {
  const small = atLeast === "int" && value >= -(2n ** 31n) && value < 2n ** 31n;
  return small ? Number(value) : Long.fromBigInt(value);
}

/** The value of an int32 or int64. */
export function toBigInt(value: Numeric): bigint {
  if (typeof value === "bigint") return value;
  if (value instanceof Long) return value.toBigInt();
  return BigInt(toDouble(value));
}

/** A whole number that fits a JavaScript number exactly, as commands' arguments are; null for anything else. */
export function toInteger(value: unknown): number | null {
  if (!isNumeric(value)) return null;
  const number = toDouble(value);
  return Number.isSafeInteger(number) ? number : null;
}

interface Decimal {
  coefficient: bigint;
  exponent: number;
}

const DECIMAL_TEXT = /^([+-]?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i;

/** A finite decimal as coefficient × 10^exponent; null for NaN and the infinities. */
function parseDecimal(value: Decimal128): Decimal | null {
  const match = DECIMAL_TEXT.exec(value.toString());
  if (!match) return null;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole! + fraction);
  return { coefficient: sign === "-" ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

function decimalToDouble(value: Decimal128): number {
  const text = value.toString();
  if (text === "NaN") return NaN;
  if (text.endsWith("Infinity")) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}

/** A double as an exact fraction of two integers. */
function doubleAsFraction(value: number): [bigint, bigint] {
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2; // exact: only the exponent changes
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}

function asFraction(value: Numeric): [bigint, bigint] {
  if (value instanceof Decimal128) {
    const { coefficient, exponent } = parseDecimal(value)!;
    return exponent >= 0 ? [coefficient * 10n ** BigInt(exponent), 1n] : [coefficient, 10n ** BigInt(-exponent)];
  }
  if (value instanceof Double) return doubleAsFraction(value.value);
  return typeof value === "number" ? doubleAsFraction(value) : [toBigInt(value), 1n];
}

/** The exact order of two numbers of any types; NaN is below all others and equal to itself. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const [x, y] = [toDouble(a), toDouble(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : -1) : 1;
  if (x !== y) return x < y ? -1 : 1;
  const bothDoubles = isDouble(a) && isDouble(b);
  return bothDoubles || !Number.isFinite(x) ? 0 : Math.sign(Number(differenceSign(a, b)));
}

/** What is lost when a number is taken for a double: −1, 0 or 1 and the rest itself as a double. */
export function roundingRest(value: Numeric): number {
  if (isDouble(value)) return 0;
  const nearest = toDouble(value);
  if (!Number.isFinite(nearest)) return 0;
  const [n, d] = asFraction(value);
  const [m, e] = doubleAsFraction(nearest);
  const rest = n * e - m * d;
  return rest === 0n ? 0 : divideToDouble(rest, d * e);
}

function divideToDouble(numerator: bigint, denominator: bigint): number {
  const shift = 2n ** 200n;
  return Number((numerator * shift) / denominator) / Number(shift);
}

function differenceSign(a: Numeric, b: Numeric): bigint {
  const [n, d] = asFraction(a);
  const [m, e] = asFraction(b);
  const difference = n * e - m * d;
  return difference < 0n ? -1n : difference > 0n ? 1n : 0n;
}

const isDouble = (value: Numeric): boolean => typeof value === "number" || value instanceof Double;

export type Operation = "add" | "subtract" | "multiply";

/** Adds, subtracts or multiplies as MongoDB does: an int32 that overflows becomes an int64, an int64 a double. */
export function calculate(operation: Operation, a: Numeric, b: Numeric): Numeric {
  const kind = wider(numberKind(a), numberKind(b));
  if (kind === "decimal") return decimalArithmetic(operation, a, b);
  if (kind === "double") return double(doubleArithmetic(operation, toDouble(a), toDouble(b)));
  const result = bigArithmetic(operation, toBigInt(a), toBigInt(b));
  return fitsLong(result) ? integer(result, kind) : double(Number(result));
}

const WIDTH: Record<NumberKind, number> = { int: 0, long: 1, double: 2, decimal: 3 };

export function wider(a: NumberKind, b: NumberKind): NumberKind {
  return WIDTH[a] >= WIDTH[b] ? a : b;
}

function doubleArithmetic(operation: Operation, a: number, b: number): number {
  if (operation === "multiply") return a * b;
  return operation === "add" ? a + b : a - b;
}

function bigArithmetic(operation: Operation, a: bigint, b: bigint): bigint {
  if (operation === "multiply") return a * b;
  return operation === "add" ? a + b : a - b;
}

/** A number as a decimal: doubles with their 15 significant digits, as MongoDB converts them. */
export function toDecimal(value: Numeric): Decimal128 {
  if (value instanceof Decimal128) return value;
  if (!isDouble(value)) return Decimal128.fromString(String(toBigInt(value)));
  const number = toDouble(value);
  if (!Number.isFinite(number) || isInt32(number)) return Decimal128.fromString(String(number));
  return Decimal128.fromString(number.toPrecision(15));
}

function decimalArithmetic(operation: Operation, a: Numeric, b: Numeric): Decimal128 {
  const [x, y] = [parseDecimal(toDecimal(a)), parseDecimal(toDecimal(b))];
  if (!x || !y) return Decimal128.fromString(String(doubleArithmetic(operation, toDouble(a), toDouble(b))));
  if (operation === "multiply") return decimalFrom(x.coefficient * y.coefficient, x.exponent + y.exponent);
  const exponent = Math.min(x.exponent, y.exponent);
  const scale = ({ coefficient, exponent: own }: Decimal): bigint => coefficient * 10n ** BigInt(own - exponent);
  return decimalFrom(bigArithmetic(operation, scale(x), scale(y)), exponent);
}

export function divideDecimals(a: Numeric, b: Numeric): Decimal128 {
  const [x, y] = [parseDecimal(toDecimal(a)), parseDecimal(toDecimal(b))];
  if (!x || !y || y.coefficient === 0n) return Decimal128.fromString(String(toDouble(a) / toDouble(b)));
  // Enough digits for the 34 that are kept; zeros at the end are not part of a quotient.
  let quotient = (x.coefficient * 10n ** 40n) / y.coefficient;
  let exponent = x.exponent - y.exponent - 40;
  while (exponent < 0 && quotient !== 0n && quotient % 10n === 0n) {
    quotient /= 10n;
    exponent++;
  }
  return decimalFrom(quotient, quotient === 0n ? 0 : exponent);
}

/** Rounds a decimal to `places` digits after the point: half to even, towards zero, or to the next integer below or above. */
export function roundDecimal(
  value: Decimal128,
  places: number,
  mode: "half-even" | "zero" | "floor" | "ceil",
): Decimal128 {
  const parsed = parseDecimal(value);
  if (!parsed || parsed.exponent >= -places) return value;
  const unit = 10n ** BigInt(-places - parsed.exponent);
  let quotient = parsed.coefficient / unit;
  const rest = parsed.coefficient % unit;
  if (mode === "half-even") quotient += halfEven(quotient, rest, unit);
  if (mode === "floor" && rest < 0n) quotient -= 1n;
  if (mode === "ceil" && rest > 0n) quotient += 1n;
  return decimalFrom(quotient, -places);
}

function halfEven(quotient: bigint, rest: bigint, unit: bigint): bigint {
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const up = twice > unit || (twice === unit && quotient % 2n !== 0n);
  return up ? (rest < 0n ? -1n : 1n) : 0n;
}

const DECIMAL_DIGITS = 34;

function decimalFrom(coefficient: bigint, exponent: number): Decimal128 {
  const excess = (coefficient < 0n ? -coefficient : coefficient).toString().length - DECIMAL_DIGITS;
  if (excess > 0) {
    const unit = 10n ** BigInt(excess);
    const quotient = coefficient / unit;
    return decimalFrom(quotient + halfEven(quotient, coefficient % unit, unit), exponent + excess);
  }
  return Decimal128.fromString(`${coefficient}E${exponent}`);
}
