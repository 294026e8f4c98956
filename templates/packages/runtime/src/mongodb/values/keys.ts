/**
 * Values as bytes whose order is the values' order, so that SQLite's own index can look them up and go through ranges of them.
 *
 * Equal values have equal bytes, and only they, which is what makes an index unique.
 */
import { Binary, Code, type Doc, type ObjectId, type Timestamp, typeName } from "../bson/values";
import type { Collation } from "./collation";
import { regExpParts, typeRank } from "./compare";
import { type Numeric, roundingRest, toDouble } from "./numbers";

/** Ends a text or a list; bytes of a text are never smaller than this without an escape. */
const END = 0x00;
const ESCAPED = 0xff;

/** The key of a list of values. A descending part has its bits turned, so that bytes still ascend. */
export function encodeKey(values: readonly unknown[], directions: readonly (1 | -1)[], collation?: Collation): Buffer {
  const writer = new KeyWriter(collation);
  for (let i = 0; i < values.length; i++) {
    const start = writer.length;
    writer.value(values[i]);
    if (directions[i] === -1) writer.invert(start);
  }
  return writer.finish();
}

/** The first key after all those that begin with `prefix`; null when there is none. */
export function afterPrefix(prefix: Buffer): Buffer | null {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] !== 0xff) {
      const end = Buffer.from(prefix.subarray(0, i + 1));
      end[i]!++;
      return end;
    }
  }
  return null;
}

/** The first byte of every value of the type class of `value`. */
export function typeByte(value: unknown): number {
  return typeRank(value);
}

class KeyWriter {
  #buffer = Buffer.allocUnsafe(64);
  length = 0;
  readonly #collation: Collation | undefined;

  constructor(collation: Collation | undefined) {
    this.#collation = collation;
  }

  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.length));
  }

  invert(start: number): void {
    for (let i = start; i < this.length; i++) this.#buffer[i] = ~this.#buffer[i]! & 0xff;
  }

  value(value: unknown): void {
    this.#byte(typeByte(value));
    switch (typeName(value)) {
      case "int":
      case "long":
      case "double":
      case "decimal":
        return this.#number(value as Numeric);
      case "string":
      case "symbol":
        return this.#text(this.#collation ? this.#collation.fold(String(value)) : String(value));
      case "object":
        return this.#document(value as Doc);
      case "array":
        return this.#list(value as unknown[]);
      case "binData":
        return this.#binary(value as Binary);
      case "objectId":
        return this.#bytes((value as ObjectId).id);
      case "bool":
        return this.#byte(value ? 1 : 0);
      case "date":
        return this.#signed64(BigInt((value as Date).getTime() || 0));
      case "timestamp":
        return this.#timestamp(value as Timestamp);
      case "regex": {
        const { pattern, options } = regExpParts(value);
        this.#text(pattern);
        return this.#text(options);
      }
      case "javascript":
      case "javascriptWithScope":
        return this.#text((value as Code).code);
      default:
        return; // MinKey, MaxKey, null: the type says it all
    }
  }

  /** A double's bits in ascending order, then what the double does not hold of an int64 or a decimal. */
  #number(value: Numeric): void {
    const nearest = toDouble(value);
    this.#double(nearest === 0 ? 0 : nearest);
    const rest = roundingRest(value);
    if (rest === 0) return this.#byte(0x80);
    this.#byte(rest < 0 ? 0x40 : 0xc0);
    this.#double(rest);
  }

  #double(value: number): void {
    const at = this.#reserve(8);
    if (Number.isNaN(value)) {
      this.#buffer.fill(0, at, at + 8);
      return;
    }
    this.#buffer.writeDoubleBE(value, at);
    if (this.#buffer[at]! & 0x80) {
      for (let i = at; i < at + 8; i++) this.#buffer[i] = ~this.#buffer[i]! & 0xff;
    } else {
      this.#buffer[at]! |= 0x80;
    }
  }

  #signed64(value: bigint): void {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64BE(BigInt.asUintN(64, value) ^ (1n << 63n), at);
  }

  #timestamp(value: Timestamp): void {
    const at = this.#reserve(8);
    this.#buffer.writeUInt32BE(value.high >>> 0, at);
    this.#buffer.writeUInt32BE(value.low >>> 0, at + 4);
  }

  #binary(value: Binary): void {
    const at = this.#reserve(5);
    this.#buffer.writeUInt32BE(value.position, at);
    this.#buffer[at + 4] = value.sub_type;
    this.#bytes(value.buffer.subarray(0, value.position));
  }

  #document(document: Doc): void {
    for (const name of Object.keys(document)) {
      this.#byte(typeByte(document[name]));
      this.#text(name);
      this.value(document[name]);
    }
    this.#byte(END);
  }

  #list(items: readonly unknown[]): void {
    for (const item of items) this.value(item);
    this.#byte(END);
  }

  #text(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    for (let from = 0; ;) {
      const zero = bytes.indexOf(END, from);
      this.#bytes(bytes.subarray(from, zero < 0 ? bytes.length : zero));
      if (zero < 0) break;
      this.#byte(END);
      this.#byte(ESCAPED);
      from = zero + 1;
    }
    this.#byte(END);
    this.#byte(END);
  }

  #byte(byte: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = byte;
  }

  #bytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.byteLength);
    this.#buffer.set(bytes, at);
  }

  #reserve(length: number): number {
    const start = this.length;
    this.length += length;
    if (this.length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(this.length * 2);
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer = grown;
    }
    return start;
  }
}
