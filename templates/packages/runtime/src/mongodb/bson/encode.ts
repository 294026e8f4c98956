/** Values to BSON; the counterpart of decode.ts. */
import { MongoError } from "../errors";
import {
  Binary,
  BsonUndefined,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  type Doc,
  Double,
  isDocument,
  isInt32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  RawDocument,
  Timestamp,
  TYPE,
} from "./values";

/** Deepest nesting of a document, as MongoDB has it. */
const MAX_DEPTH = 180;

/** Encodes a document. Fields whose value is `undefined` are left out: that is how a missing value is computed. */
export function encodeDocument(document: Doc | RawDocument): Buffer {
  if (document instanceof RawDocument) return Buffer.from(document.bytes);
  const encoder = new Encoder();
  encoder.document(document, 0);
  return encoder.finish();
}

class Encoder {
  #buffer = Buffer.allocUnsafe(512);
  #at = 0;

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  document(document: Doc, depth: number): void {
    if (depth > MAX_DEPTH) throw new MongoError("Overflow", "BSONObj exceeded maximum nested object depth");
    const start = this.#reserve(4);
    for (const name of Object.keys(document)) {
      const value = document[name];
      if (value !== undefined) this.#element(name, value, depth);
    }
    this.#endDocument(start);
  }

  #array(values: readonly unknown[], depth: number): void {
    if (depth > MAX_DEPTH) throw new MongoError("Overflow", "BSONObj exceeded maximum nested object depth");
    const start = this.#reserve(4);
    for (let i = 0; i < values.length; i++) this.#element(String(i), values[i] ?? null, depth);
    this.#endDocument(start);
  }

  #endDocument(start: number): void {
    this.#byte(0);
    this.#buffer.writeInt32LE(this.#at - start, start);
  }

  #element(name: string, value: unknown, depth: number): void {
    const typeAt = this.#reserve(1);
    this.#cString(name);
    const type = this.#value(value, depth); // which may move the buffer
    this.#buffer[typeAt] = type & 0xff;
  }

  /** Writes the value and returns its type. */
  #value(value: unknown, depth: number): number {
    switch (typeof value) {
      case "string":
        this.#string(value);
        return TYPE.string;
      case "number":
        return this.#number(value);
      case "boolean":
        this.#byte(value ? 1 : 0);
        return TYPE.bool;
      case "bigint":
        this.#long(Long.fromBigInt(BigInt.asIntN(64, value)));
        return TYPE.long;
      case "object":
        return value === null ? TYPE.null : this.#object(value, depth);
      default:
        throw new TypeError(`a ${typeof value} is not a BSON value`);
    }
  }

  #number(value: number): number {
    if (!isInt32(value)) return this.#double(value);
    const at = this.#reserve(4);
    this.#buffer.writeInt32LE(value, at);
    return TYPE.int;
  }

  #double(value: number): number {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
    return TYPE.double;
  }

  #object(value: object, depth: number): number {
    if (Array.isArray(value)) {
      this.#array(value, depth + 1);
      return TYPE.array;
    }
    if (isDocument(value)) {
      this.document(value, depth + 1);
      return TYPE.object;
    }
    if (value instanceof ObjectId) {
      this.#bytes(value.id);
      return TYPE.objectId;
    }
    if (value instanceof Date) {
      const at = this.#reserve(8);
      this.#buffer.writeBigInt64LE(dateMillis(value), at);
      return TYPE.date;
    }
    if (value instanceof RawDocument) {
      this.#bytes(value.bytes);
      return TYPE.object;
    }
    return this.#rareObject(value, depth);
  }

  #rareObject(value: object, depth: number): number {
    if (value instanceof Timestamp) {
      this.#long(value);
      return TYPE.timestamp;
    }
    if (value instanceof Long) {
      this.#long(value);
      return TYPE.long;
    }
    if (value instanceof Double) return this.#double(value.value);
    if (value instanceof Decimal128) {
      this.#bytes(value.bytes);
      return TYPE.decimal;
    }
    if (value instanceof Binary) return this.#binary(value);
    if (value instanceof BSONRegExp) {
      this.#cString(value.pattern);
      this.#cString(value.options);
      return TYPE.regex;
    }
    if (value instanceof RegExp) {
      this.#cString(value.source);
      this.#cString(value.flags.replace(/[^imsux]/g, ""));
      return TYPE.regex;
    }
    if (value instanceof BsonUndefined) return TYPE.undefined;
    if (value instanceof BSONSymbol) {
      this.#string(value.value);
      return TYPE.symbol;
    }
    if (value instanceof Code) return this.#code(value, depth);
    if (value instanceof MinKey) return TYPE.minKey;
    if (value instanceof MaxKey) return TYPE.maxKey;
    throw new TypeError(`${value.constructor?.name ?? "an object"} is not a BSON value`);
  }

  #code(value: Code, depth: number): number {
    if (!value.scope) {
      this.#string(value.code);
      return TYPE.javascript;
    }
    const start = this.#reserve(4);
    this.#string(value.code);
    this.document(value.scope, depth + 1);
    this.#buffer.writeInt32LE(this.#at - start, start);
    return TYPE.javascriptWithScope;
  }

  #binary(value: Binary): number {
    const bytes = value.buffer.subarray(0, value.position);
    const old = value.sub_type === 2;
    const at = this.#reserve(4);
    this.#buffer.writeInt32LE(bytes.length + (old ? 4 : 0), at);
    this.#byte(value.sub_type);
    if (old) {
      const innerAt = this.#reserve(4);
      this.#buffer.writeInt32LE(bytes.length, innerAt);
    }
    this.#bytes(bytes);
    return TYPE.binData;
  }

  #long(value: { low: number; high: number }): void {
    const at = this.#reserve(8);
    this.#buffer.writeInt32LE(value.low | 0, at);
    this.#buffer.writeInt32LE(value.high | 0, at + 4);
  }

  #string(text: string): void {
    const length = Buffer.byteLength(text);
    const at = this.#reserve(length + 5);
    this.#buffer.writeInt32LE(length + 1, at);
    this.#buffer.write(text, at + 4, length, "utf8");
    this.#buffer[at + 4 + length] = 0;
  }

  #cString(text: string): void {
    if (text.includes("\0")) throw new MongoError("BadValue", "a name or pattern must not contain null bytes");
    const length = Buffer.byteLength(text);
    const at = this.#reserve(length + 1);
    this.#buffer.write(text, at, length, "utf8");
    this.#buffer[at + length] = 0;
  }

  #bytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.byteLength);
    this.#buffer.set(bytes, at);
  }

  #byte(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  /** Makes room for `length` bytes and returns where they start. */
  #reserve(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#at, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer = grown;
    }
    return start;
  }
}

/** A date no client can read is stored as the largest that int64 holds, as drivers do. */
function dateMillis(date: Date): bigint {
  const millis = date.getTime();
  return Number.isNaN(millis) ? -(2n ** 63n) : BigInt(millis);
}
