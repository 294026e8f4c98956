/** Arithmetic on MongoDB's four types of numbers, and on dates where it is defined. */
import { Decimal128, typeName } from "../../bson/values";
import { MongoError, typeMismatch } from "../../errors";
import {
  calculate,
  compareNumbers,
  divideDecimals,
  double,
  integer,
  isNumeric,
  type Numeric,
  numberKind,
  roundDecimal,
  toBigInt,
  toDecimal,
  toDouble,
  toInteger,
} from "../../values/numbers";
import { onArguments, onValues, type OperatorCompiler, type OperatorTable } from "../expressions";

const isNull = (value: unknown): boolean => value === null || value === undefined;

function requireNumber(value: unknown, name: string): Numeric {
  if (isNumeric(value)) return value;
  throw typeMismatch(`${name} only supports numeric types, not ${typeName(value)}`);
}

const add = onValues((values, name) => {
  let date: Date | null = null;
  let sum: Numeric = 0;
  for (const value of values) {
    if (isNull(value)) return null;
    if (value instanceof Date) {
      if (date) throw new MongoError(16612, "only one date allowed in an $add expression");
      date = value;
    } else if (isNumeric(value)) {
      sum = calculate("add", sum, value);
    } else {
      throw typeMismatch(`${name} only supports numeric or date types, not ${typeName(value)}`);
    }
  }
  return date ? new Date(date.getTime() + Math.round(toDouble(sum))) : sum;
});

const subtract = onArguments(2, ([a, b]) => {
  if (isNull(a) || isNull(b)) return null;
  if (a instanceof Date) {
    if (b instanceof Date) return integer(BigInt(a.getTime() - b.getTime()), "long");
    if (isNumeric(b)) return new Date(a.getTime() - Math.round(toDouble(b)));
  }
  if (isNumeric(a) && isNumeric(b)) return calculate("subtract", a, b);
  throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
});

const multiply = onValues((values, name) => {
  let product: Numeric = 1;
  for (const value of values) {
    if (isNull(value)) return null;
    product = calculate("multiply", product, requireNumber(value, name));
  }
  return product;
});

const divide = onArguments(2, ([a, b]) => {
  if (isNull(a) || isNull(b)) return null;
  if (!isNumeric(a) || !isNumeric(b)) {
    throw typeMismatch(`$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (toDouble(b) === 0) throw new MongoError("BadValue", "can't $divide by zero");
  if (a instanceof Decimal128 || b instanceof Decimal128) return divideDecimals(a, b);
  return double(toDouble(a) / toDouble(b));
});

const modulo = onArguments(2, ([a, b]) => {
  if (isNull(a) || isNull(b)) return null;
  if (!isNumeric(a) || !isNumeric(b)) {
    throw typeMismatch(`$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (toDouble(b) === 0) throw new MongoError(16610, "can't $mod by zero");
  return remainder(a, b);
});

export function remainder(a: Numeric, b: Numeric): Numeric {
  const kinds = [numberKind(a), numberKind(b)];
  if (kinds.includes("decimal")) {
    const quotient = roundDecimal(divideDecimals(a, b), 0, "zero");
    return calculate("subtract", toDecimal(a), calculate("multiply", quotient, toDecimal(b)));
  }
  if (kinds.includes("double")) return double(toDouble(a) % toDouble(b));
  return integer(toBigInt(a) % toBigInt(b), kinds.includes("long") ? "long" : "int");
}

type Rounding = "half-even" | "zero" | "floor" | "ceil";

/** `$round`, `$trunc`, `$floor`, `$ceil`: the type stays what it is. */
function rounding(mode: Rounding): OperatorCompiler {
  return onValues(([value, places], name) => {
    if (isNull(value)) return null;
    const number = requireNumber(value, name);
    const digits = places === undefined ? 0 : toInteger(places);
    if (digits === null) throw new MongoError(51082, `precision argument to ${name} must be a integral value`);
    const kind = numberKind(number);
    if (kind === "decimal") return roundDecimal(number as Decimal128, digits, mode);
    if (kind === "double") return double(roundDouble(toDouble(number), digits, mode));
    if (digits >= 0) return number;
    return integer(toBigInt(Math.round(roundDouble(toDouble(number), digits, mode))), kind);
  });
}

function roundDouble(value: number, digits: number, mode: Rounding): number {
  if (!Number.isFinite(value)) return value;
  if (digits === 0) return roundWhole(value, mode);
  // By the decimal digits a double is written with: 2.675 has an exact half nowhere else.
  const rounded = toDouble(roundDecimal(Decimal128.fromString(value.toPrecision(17)), digits, mode));
  return rounded;
}

function roundWhole(value: number, mode: Rounding): number {
  if (mode === "floor") return Math.floor(value);
  if (mode === "ceil") return Math.ceil(value);
  if (mode === "zero") return Math.trunc(value);
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

const absolute = onArguments(1, ([value], name) => {
  if (isNull(value)) return null;
  const number = requireNumber(value, name);
  return compareNumbers(number, 0) < 0 ? calculate("multiply", number, -1) : number;
});

const power = onArguments(2, ([base, exponent], name) => {
  if (isNull(base) || isNull(exponent)) return null;
  const [a, b] = [requireNumber(base, name), requireNumber(exponent, name)];
  if (toDouble(a) === 0 && toDouble(b) < 0) {
    throw new MongoError(28764, "$pow cannot take a base of 0 and a negative exponent");
  }
  const kinds = [numberKind(a), numberKind(b)];
  const result = toDouble(a) ** toDouble(b);
  if (kinds.includes("decimal")) return Decimal128.fromString(String(result));
  if (kinds.includes("double") || !Number.isSafeInteger(result)) return double(result);
  return integer(BigInt(result), kinds.includes("long") ? "long" : "int");
});

/** A function of one number whose result is a double. */
function real(apply: (value: number) => number, check?: (value: number) => MongoError | null): OperatorCompiler {
  return onArguments(1, ([value], name) => {
    if (isNull(value)) return null;
    const number = requireNumber(value, name);
    const wrong = check?.(toDouble(number));
    if (wrong) throw wrong;
    const result = apply(toDouble(number));
    return number instanceof Decimal128 ? Decimal128.fromString(String(result)) : double(result);
  });
}

const positive =
  (code: number, name: string) =>
  (value: number): MongoError | null =>
    value <= 0 ? new MongoError(code, `${name}'s argument must be a positive number, but is ${value}`) : null;

const logarithm = onArguments(2, ([value, base], name) => {
  if (isNull(value) || isNull(base)) return null;
  return double(Math.log(toDouble(requireNumber(value, name))) / Math.log(toDouble(requireNumber(base, name))));
});

export const ARITHMETIC: OperatorTable = {
  $add: add,
  $subtract: subtract,
  $multiply: multiply,
  $divide: divide,
  $mod: modulo,
  $abs: absolute,
  $round: rounding("half-even"),
  $trunc: rounding("zero"),
  $floor: rounding("floor"),
  $ceil: rounding("ceil"),
  $pow: power,
  $sqrt: real(Math.sqrt, (value) =>
    value < 0 ? new MongoError(28714, "$sqrt's argument must be greater than or equal to 0") : null,
  ),
  $exp: real(Math.exp),
  $ln: real(Math.log, positive(28766, "$ln")),
  $log10: real(Math.log10, positive(28761, "$log10")),
  $log: logarithm,
};
