/**
 * How BSON values stand in memory.
 *
 * A JavaScript number is what the encoder would make of it: an int32 when it is an integer in that range, a double otherwise.
 * Only the doubles that this rule would turn into an int32 (`1.0`) are kept as `Double`, int64s as `Long`, decimals as
 * `Decimal128`. So nearly every number is a plain one, which is what the query library understands, and every stored type
 * survives an update. The other types are those of the `bson` package; a stored regular expression is a `BSONRegExp`.
 */
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from "bson";

export { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID };

/** A document, its fields in order. */
export interface Doc {
  [field: string]: unknown;
}

/** The deprecated type `undefined`: old data holds it, and it is not the same as a missing field. */
export class BsonUndefined {
  static readonly value = new BsonUndefined();
}

/** A document that is already encoded; the encoder copies its bytes. */
export class RawDocument {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Numbers of BSON's types. */
export const TYPE = {
  double: 0x01,
  string: 0x02,
  object: 0x03,
  array: 0x04,
  binData: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  bool: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  javascript: 0x0d,
  symbol: 0x0e,
  javascriptWithScope: 0x0f,
  int: 0x10,
  timestamp: 0x11,
  long: 0x12,
  decimal: 0x13,
  minKey: -1,
  maxKey: 127,
} as const;

export type TypeName = keyof typeof TYPE;

/** Whether it is a document, as opposed to an array, a scalar or one of the package's types. */
export function isDocument(value: unknown): value is Doc {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

/** The name of a value's type, as `$type` spells it. A missing value has none: "missing". */
export function typeName(value: unknown): TypeName | "missing" {
  switch (typeof value) {
    case "number":
      return isInt32(value) ? "int" : "double";
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "bigint":
      return "long";
    case "undefined":
      return "missing";
    default:
      return value === null ? "null" : objectTypeName(value as object);
  }
}

function objectTypeName(value: object): TypeName {
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (isDocument(value) || value instanceof RawDocument) return "object";
  if (value instanceof ObjectId) return "objectId";
  if (value instanceof Timestamp) return "timestamp"; // before Long, which it extends
  if (value instanceof Long) return "long";
  if (value instanceof Double) return "double";
  if (value instanceof Decimal128) return "decimal";
  if (value instanceof Binary) return "binData";
  if (value instanceof BSONRegExp || value instanceof RegExp) return "regex";
  if (value instanceof BsonUndefined) return "undefined";
  if (value instanceof BSONSymbol) return "symbol";
  if (value instanceof Code) return value.scope ? "javascriptWithScope" : "javascript";
  if (value instanceof MinKey) return "minKey";
  if (value instanceof MaxKey) return "maxKey";
  throw new TypeError(`${value.constructor?.name ?? "an object"} is not a BSON value`);
}

/** Sets a field; one named `__proto__` as well. */
export function setField(document: Doc, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(document, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    document[name] = value;
  }
}

/** A copy that shares nothing changeable with the original. */
export function cloneValue<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneValue) as T;
  if (!isDocument(value)) return value;
  const copy: Doc = {};
  for (const name of Object.keys(value)) setField(copy, name, cloneValue(value[name]));
  return copy as T;
}
