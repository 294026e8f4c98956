/**
 * BSON to values. The package's own decoder either takes `1.0` for `1` or wraps every number in an object; see values.ts for
 * what is wanted here.
 */
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
  isInt32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  setField,
  Timestamp,
  TYPE,
} from "./values";

/** Nesting that MongoDB allows; deeper input would only serve to exhaust the stack. */
const MAX_DEPTH = 180;

/** Decodes the document that starts at `start` and fills the bytes up to `end`. */
export function decodeDocument(bytes: Uint8Array, start = 0, end = bytes.byteLength): Doc {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new Decoder(buffer);
  const length = decoder.documentLength(start, end);
  return decoder.document(start, start + length, 0);
}

const malformed = (what: string): MongoError => new MongoError(22, `InvalidBSON: ${what}`);

class Decoder {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  /** The length a document declares, checked against what is there. */
  documentLength(start: number, end: number): number {
    if (end - start < 5) throw malformed("a document is cut off");
    const length = this.#buffer.readInt32LE(start);
    if (length < 5 || start + length > end) throw malformed("a document's length is wrong");
    if (this.#buffer[start + length - 1] !== 0) throw malformed("a document is not terminated");
    return length;
  }

  document(start: number, end: number, depth: number): Doc {
    if (depth > MAX_DEPTH) throw new MongoError("Overflow", "BSONObj exceeded maximum nested object depth");
    const result: Doc = {};
    this.#at = start + 4;
    while (this.#at < end - 1) {
      const type = this.#buffer[this.#at++]!;
      const name = this.#cString(end);
      setField(result, name, this.#value(type, end - 1, depth));
    }
    if (this.#at !== end - 1) throw malformed("an element is longer than its document");
    this.#at = end;
    return result;
  }

  #array(start: number, end: number, depth: number): unknown[] {
    if (depth > MAX_DEPTH) throw new MongoError("Overflow", "BSONObj exceeded maximum nested object depth");
    const result: unknown[] = [];
    this.#at = start + 4;
    while (this.#at < end - 1) {
      const type = this.#buffer[this.#at++]!;
      this.#at = this.#terminator(end) + 1; // the name is the position, whatever it says
      result.push(this.#value(type, end - 1, depth));
    }
    if (this.#at !== end - 1) throw malformed("an element is longer than its array");
    this.#at = end;
    return result;
  }

  #value(type: number, end: number, depth: number): unknown {
    switch (type) {
      case TYPE.double:
        return this.#double(end);
      case TYPE.string:
        return this.#string(end);
      case TYPE.object:
      case TYPE.array: {
        const start = this.#at;
        const stop = start + this.documentLength(start, end);
        return type === TYPE.object ? this.document(start, stop, depth + 1) : this.#array(start, stop, depth + 1);
      }
      case TYPE.binData:
        return this.#binary(end);
      case TYPE.undefined:
        return BsonUndefined.value;
      case TYPE.objectId:
        return new ObjectId(this.#copy(12, end));
      case TYPE.bool:
        return this.#buffer[this.#take(1, end)] === 1;
      case TYPE.date:
        return new Date(Number(this.#buffer.readBigInt64LE(this.#take(8, end))));
      case TYPE.null:
        return null;
      case TYPE.int:
        return this.#buffer.readInt32LE(this.#take(4, end));
      case TYPE.long:
        return this.#long(end);
      case TYPE.decimal:
        return new Decimal128(this.#copy(16, end));
      default:
        return this.#rareValue(type, end, depth);
    }
  }

  #rareValue(type: number, end: number, depth: number): unknown {
    switch (type) {
      case TYPE.regex:
        return new BSONRegExp(this.#cString(end), this.#cString(end));
      case TYPE.timestamp: {
        const at = this.#take(8, end);
        return new Timestamp({ i: this.#buffer.readUInt32LE(at), t: this.#buffer.readUInt32LE(at + 4) });
      }
      case TYPE.javascript:
        return new Code(this.#string(end));
      case TYPE.symbol:
        return new BSONSymbol(this.#string(end));
      case TYPE.javascriptWithScope: {
        this.#take(4, end);
        const code = this.#string(end);
        const start = this.#at;
        return new Code(code, this.document(start, start + this.documentLength(start, end), depth + 1));
      }
      case TYPE.dbPointer: {
        const $ref = this.#string(end);
        return { $ref, $id: new ObjectId(this.#copy(12, end)) };
      }
      case 0xff:
        return new MinKey();
      case TYPE.maxKey:
        return new MaxKey();
      default:
        throw malformed(`type ${type} is unknown`);
    }
  }

  #double(end: number): unknown {
    const value = this.#buffer.readDoubleLE(this.#take(8, end));
    return isInt32(value) ? new Double(value) : value;
  }

  #long(end: number): Long {
    const at = this.#take(8, end);
    return new Long(this.#buffer.readInt32LE(at), this.#buffer.readInt32LE(at + 4));
  }

  #string(end: number): string {
    const length = this.#buffer.readInt32LE(this.#take(4, end));
    if (length < 1) throw malformed("a string's length is wrong");
    const start = this.#take(length, end);
    if (this.#buffer[start + length - 1] !== 0) throw malformed("a string is not terminated");
    return this.#buffer.toString("utf8", start, start + length - 1);
  }

  #binary(end: number): Binary {
    const length = this.#buffer.readInt32LE(this.#take(4, end));
    const subtype = this.#buffer[this.#take(1, end)]!;
    if (length < 0) throw malformed("a binary's length is wrong");
    const bytes = this.#copy(length, end);
    // Subtype 2 repeats its length inside; the package writes it again.
    return new Binary(subtype === 2 ? bytes.subarray(4) : bytes, subtype);
  }

  #cString(end: number): string {
    const stop = this.#terminator(end);
    const text = this.#buffer.toString("utf8", this.#at, stop);
    this.#at = stop + 1;
    return text;
  }

  #terminator(end: number): number {
    const stop = this.#buffer.indexOf(0, this.#at);
    if (stop < 0 || stop >= end) throw malformed("a name is not terminated");
    return stop;
  }

  /** Steps over `length` bytes and returns where they start. */
  #take(length: number, end: number): number {
    const start = this.#at;
    if (start + length > end) throw malformed("a value is cut off");
    this.#at = start + length;
    return start;
  }

  #copy(length: number, end: number): Buffer {
    const start = this.#take(length, end);
    return Buffer.from(this.#buffer.subarray(start, start + length));
  }
}
