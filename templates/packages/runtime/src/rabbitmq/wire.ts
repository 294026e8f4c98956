/**
 * The data types of AMQP 0-9-1 as RabbitMQ reads and writes them.
 *
 * Strings are kept as "binary strings": one character per byte (latin1). Names and keys are bytes to a broker, and this way
 * they come out as they went in, whatever their encoding.
 */
import { syntaxError } from "./errors";

/**
 * A value of a field table. The type letter is kept, because a message's headers have to leave as they came:
 * `t` boolean, `b B s u I i` integers of 8 to 32 bits, `l` and `T` 64 bits, `f d` floats, `D` decimal, `S x` bytes, `A` array,
 * `F` table, `V` nothing.
 */
export type FieldValue =
  | { type: "t"; value: boolean }
  | { type: "b" | "B" | "s" | "u" | "I" | "i" | "f" | "d"; value: number }
  | { type: "l" | "T"; value: bigint }
  | { type: "D"; value: { scale: number; unscaled: number } }
  | { type: "S" | "x"; value: string }
  | { type: "A"; value: FieldValue[] }
  | { type: "F"; value: FieldTable }
  | { type: "V"; value: null };

export type FieldTable = Map<string, FieldValue>;

export const longString = (value: string): FieldValue => ({ type: "S", value });
export const long = (value: number | bigint): FieldValue => ({ type: "l", value: BigInt(value) });
export const boolean = (value: boolean): FieldValue => ({ type: "t", value });
export const table = (entries: [string, FieldValue][]): FieldValue => ({ type: "F", value: new Map(entries) });

/** The number in a field, or undefined when it holds none. */
export function asNumber(field: FieldValue | undefined): number | undefined {
  if (field === undefined) return undefined;
  if (typeof field.value === "number" && field.type !== "f" && field.type !== "d") return field.value;
  return field.type === "l" ? Number(field.value) : undefined;
}

/** The text in a field, or undefined when it holds none. */
export function asText(field: FieldValue | undefined): string | undefined {
  return field?.type === "S" ? field.value : undefined;
}

/** A JavaScript string as the bytes a client would send. */
export const toBinary = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
/** What a person reads in bytes a client sent. */
export const fromBinary = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** Reads values from the payload of one frame. */
export class Reader {
  private readonly bytes: Buffer;
  private offset = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  octet(): number {
    return this.bytes.readUInt8(this.take(1));
  }

  short(): number {
    return this.bytes.readUInt16BE(this.take(2));
  }

  long(): number {
    return this.bytes.readUInt32BE(this.take(4));
  }

  longlong(): bigint {
    return this.bytes.readBigUInt64BE(this.take(8));
  }

  shortString(): string {
    return this.text(this.octet());
  }

  longString(): string {
    return this.text(this.long());
  }

  table(): FieldTable {
    const end = this.end(this.long());
    const table: FieldTable = new Map();
    while (this.offset < end) {
      const name = this.shortString();
      table.set(name, this.field());
    }
    return table;
  }

  private field(): FieldValue {
    const type = String.fromCharCode(this.octet());
    switch (type) {
      case "t":
        return { type, value: this.octet() !== 0 };
      case "b":
        return { type, value: this.bytes.readInt8(this.take(1)) };
      case "B":
        return { type, value: this.octet() };
      case "s":
        return { type, value: this.bytes.readInt16BE(this.take(2)) };
      case "u":
        return { type, value: this.short() };
      case "I":
        return { type, value: this.bytes.readInt32BE(this.take(4)) };
      case "i":
        return { type, value: this.long() };
      case "l":
        return { type, value: this.bytes.readBigInt64BE(this.take(8)) };
      case "T":
        return { type, value: this.longlong() };
      case "f":
        return { type, value: this.bytes.readFloatBE(this.take(4)) };
      case "d":
        return { type, value: this.bytes.readDoubleBE(this.take(8)) };
      case "D":
        return { type, value: { scale: this.octet(), unscaled: this.long() } };
      case "S":
      case "x":
        return { type, value: this.longString() };
      case "A":
        return { type, value: this.array() };
      case "F":
        return { type, value: this.table() };
      case "V":
        return { type, value: null };
      default:
        throw syntaxError(`unknown type of a table's field: '${type}'`);
    }
  }

  private array(): FieldValue[] {
    const end = this.end(this.long());
    const values: FieldValue[] = [];
    while (this.offset < end) values.push(this.field());
    return values;
  }

  private text(length: number): string {
    const start = this.take(length);
    return this.bytes.toString("latin1", start, start + length);
  }

  private end(length: number): number {
    if (this.offset + length > this.bytes.length) throw syntaxError("a frame ends inside a value");
    return this.offset + length;
  }

  private take(length: number): number {
    const start = this.offset;
    this.offset = this.end(length);
    return start;
  }
}

/** Builds the payload of a frame. */
export class Writer {
  private buffer = Buffer.allocUnsafe(256);
  private length = 0;

  octet(value: number): this {
    this.grow(1).writeUInt8(value, this.length - 1);
    return this;
  }

  short(value: number): this {
    this.grow(2).writeUInt16BE(value, this.length - 2);
    return this;
  }

  long(value: number): this {
    this.grow(4).writeUInt32BE(value, this.length - 4);
    return this;
  }

  longlong(value: bigint): this {
    this.grow(8).writeBigUInt64BE(value, this.length - 8);
    return this;
  }

  shortString(value: string): this {
    if (value.length > 255) throw syntaxError("a short string may have 255 bytes");
    this.octet(value.length);
    return this.text(value);
  }

  longString(value: string): this {
    this.long(value.length);
    return this.text(value);
  }

  raw(bytes: Uint8Array): this {
    this.grow(bytes.length).set(bytes, this.length - bytes.length);
    return this;
  }

  table(table: FieldTable): this {
    return this.sized(() => {
      for (const [name, field] of table) {
        this.shortString(name);
        this.field(field);
      }
    });
  }

  private field(field: FieldValue): void {
    this.octet(field.type.charCodeAt(0));
    switch (field.type) {
      case "t":
        this.octet(field.value ? 1 : 0);
        break;
      case "b":
        this.grow(1).writeInt8(field.value, this.length - 1);
        break;
      case "B":
        this.octet(field.value);
        break;
      case "s":
        this.grow(2).writeInt16BE(field.value, this.length - 2);
        break;
      case "u":
        this.short(field.value);
        break;
      case "I":
        this.grow(4).writeInt32BE(field.value, this.length - 4);
        break;
      case "i":
        this.long(field.value);
        break;
      case "l":
        this.grow(8).writeBigInt64BE(field.value, this.length - 8);
        break;
      case "T":
        this.longlong(field.value);
        break;
      case "f":
        this.grow(4).writeFloatBE(field.value, this.length - 4);
        break;
      case "d":
        this.grow(8).writeDoubleBE(field.value, this.length - 8);
        break;
      case "D":
        this.octet(field.value.scale).long(field.value.unscaled);
        break;
      case "S":
      case "x":
        this.longString(field.value);
        break;
      case "A":
        this.sized(() => field.value.forEach((item) => this.field(item)));
        break;
      case "F":
        this.table(field.value);
        break;
      case "V":
        break;
    }
  }

  /** Writes something behind its length in bytes. */
  private sized(write: () => void): this {
    this.grow(4);
    const start = this.length;
    write();
    this.buffer.writeUInt32BE(this.length - start, start - 4);
    return this;
  }

  private text(value: string): this {
    this.grow(value.length).write(value, this.length - value.length, "latin1");
    return this;
  }

  /** The buffer with room for `bytes` more, which `length` counts already. */
  private grow(bytes: number): Buffer {
    const start = this.length;
    this.length += bytes;
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, start);
      this.buffer = larger;
    }
    return this.buffer;
  }

  /** What was written. The writer is not used afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}
