/** Query operators that look at one value: `$type`, `$mod`, `$bits…`, and those on whole arrays. */
import { Binary, type Doc, isDocument, TYPE, type TypeName, typeName } from "../bson/values";
import { badValue, failedToParse, MongoError } from "../errors";
import { fitsLong, isNumeric, numberKind, toBigInt, toDouble, toInteger } from "../values/numbers";
import { equalValues } from "../values/compare";

type ValuePredicate = (value: unknown) => boolean;

const NAMES_BY_NUMBER = new Map<number, TypeName>(
  Object.entries(TYPE).map(([name, number]) => [number, name as TypeName]),
);

/** The types that an operand of `$type` or of a schema's `bsonType` names. */
export function typeSet(operand: unknown): Set<TypeName> {
  const types = new Set<TypeName>();
  for (const item of Array.isArray(operand) ? operand : [operand]) {
    if (item === "number") ["int", "long", "double", "decimal"].forEach((name) => types.add(name as TypeName));
    else types.add(oneType(item));
  }
  return types;
}

function oneType(item: unknown): TypeName {
  if (typeof item === "string") {
    if (Object.hasOwn(TYPE, item)) return item as TypeName;
    throw badValue(`Unknown type name alias: ${item}`);
  }
  const name = isNumeric(item) ? NAMES_BY_NUMBER.get(toDouble(item)) : undefined;
  if (!name) throw badValue(`Invalid numerical type code: ${String(item)}`);
  return name;
}

export function typePredicate(operand: unknown): ValuePredicate {
  const types = typeSet(operand);
  return (value) => value !== undefined && types.has(typeName(value) as TypeName);
}

export function modPredicate(operand: unknown): ValuePredicate {
  if (!Array.isArray(operand)) throw badValue("malformed mod, needs to be an array");
  if (operand.length !== 2) {
    throw badValue(`malformed mod, ${operand.length < 2 ? "not enough" : "too many"} elements`);
  }
  const [divisor, remainder] = operand.map((item) => {
    if (!isNumeric(item)) throw badValue("malformed mod, divisor and remainder must be numbers");
    return BigInt(Math.trunc(toDouble(item)));
  });
  if (divisor === 0n) throw badValue("divisor cannot be 0");
  return (value) => {
    if (!isNumeric(value) || !Number.isFinite(toDouble(value))) return false;
    return wholePart(value) % divisor! === remainder;
  };
}

function wholePart(value: unknown): bigint {
  if (!isNumeric(value)) return 0n;
  const kind = numberKind(value);
  return kind === "int" || kind === "long" ? toBigInt(value) : BigInt(Math.trunc(toDouble(value)));
}

export function bitsPredicate(name: string, operand: unknown): ValuePredicate {
  const mask = bitMask(name, operand);
  const test = BIT_TESTS[name]!;
  return (value) => {
    const bits = bitsOf(value);
    return bits !== null && test(bits & mask, mask);
  };
}

const BIT_TESTS: Record<string, (bits: bigint, mask: bigint) => boolean> = {
  $bitsAllSet: (bits, mask) => bits === mask,
  $bitsAllClear: (bits) => bits === 0n,
  $bitsAnySet: (bits) => bits !== 0n,
  $bitsAnyClear: (bits, mask) => bits !== mask,
};

function bitMask(name: string, operand: unknown): bigint {
  if (Array.isArray(operand)) {
    return operand.reduce<bigint>((mask, position) => {
      const bit = toInteger(position);
      if (bit === null || bit < 0)
        throw failedToParse(`Failed to parse bit position. Expected a non-negative number in: ${name}`);
      return mask | (1n << BigInt(bit));
    }, 0n);
  }
  const mask = bitsOf(operand);
  if (mask === null || mask < 0n)
    throw badValue(`${name} takes an Array, a number, or a BinData but received: ${typeName(operand)}`);
  return mask;
}

function bitsOf(value: unknown): bigint | null {
  if (value instanceof Binary) {
    return value.buffer.subarray(0, value.position).reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
  }
  if (!isNumeric(value)) return null;
  const whole = toDouble(value);
  if (!Number.isInteger(whole)) return null;
  const bits = wholePart(value);
  return fitsLong(bits) ? bits : null;
}

/** How the array operators have conditions inside them compiled. */
export interface Compiler {
  elementMatches(condition: unknown): ValuePredicate;
  valuesMatch(condition: unknown): (values: readonly unknown[]) => boolean;
}

/** `$size`, `$elemMatch`, `$all`: conditions on the array itself; null for other names. */
export function arrayPredicates(name: string, operand: unknown, compiler: Compiler): ValuePredicate | null {
  switch (name) {
    case "$size":
      return sizePredicate(operand);
    case "$elemMatch": {
      const test = compiler.elementMatches(operand);
      return (value) => Array.isArray(value) && value.some(test);
    }
    case "$all":
      return allPredicate(operand, compiler);
    case "$_internalSchemaType":
      throw new MongoError(5491300, `${name} is not supported`);
    default:
      return null;
  }
}

function sizePredicate(operand: unknown): ValuePredicate {
  const size = toInteger(operand);
  if (size === null)
    throw failedToParse(`Failed to parse $size. Expected a number in: $size: ${JSON.stringify(operand)}`);
  if (size < 0) throw failedToParse(`Failed to parse $size. Expected a non-negative number in: $size: ${size}`);
  return (value) => Array.isArray(value) && value.length === size;
}

function allPredicate(operand: unknown, compiler: Compiler): ValuePredicate {
  if (!Array.isArray(operand)) throw badValue("$all needs an array");
  if (operand.length === 0) return () => false;
  const tests = operand.map((item): ValuePredicate => {
    if (isDocument(item) && Object.hasOwn(item, "$elemMatch")) {
      const element = compiler.elementMatches((item as Doc).$elemMatch);
      return (value) => Array.isArray(value) && value.some(element);
    }
    const test = compiler.valuesMatch(item);
    return (value) => test([value]) || (Array.isArray(value) && equalValues(value, item));
  });
  return (value) => tests.every((test) => test(value));
}
