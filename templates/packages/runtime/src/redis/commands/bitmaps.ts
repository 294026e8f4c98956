import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY } from "../command";
import { RedisError, syntaxError } from "../errors";
import { parseInteger } from "../numbers";
import type { Reply } from "../reply";
import { MAX_BULK_BYTES } from "../resp";
import { getString, putString } from "../storage/string";

const EMPTY = Buffer.alloc(0);
const MAX_BITS = MAX_BULK_BYTES * 8;

/** Number of ones in each byte value. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** Bit 0 is the highest bit of the first byte. */
function bitAt(bytes: Buffer, offset: number): number {
  const byte = bytes[Math.floor(offset / 8)] ?? 0;
  return (byte >> (7 - (offset % 8))) & 1;
}

function readOffset(args: Arguments, index: number): number {
  const message = "ERR bit offset is not an integer or out of range";
  const offset = args.integer(index, message);
  if (offset < 0 || offset >= MAX_BITS) throw new RedisError(message);
  return offset;
}

function setbit({ db }: Context, args: Arguments): Reply {
  const offset = readOffset(args, 1);
  const message = "ERR bit is not an integer or out of range";
  const bit = args.integer(2, message);
  if (bit !== 0 && bit !== 1) throw new RedisError(message);
  const key = args.bytes(0);
  const bytes = grown(getString(db, key) ?? EMPTY, Math.floor(offset / 8) + 1);
  const before = bitAt(bytes, offset);
  const mask = 0x80 >> (offset % 8);
  const at = Math.floor(offset / 8);
  bytes[at] = bit ? bytes[at]! | mask : bytes[at]! & ~mask;
  putString(db, key, bytes, "keep");
  db.changed(key, "$", "setbit");
  return before;
}

/** A copy that is at least `length` bytes long; new bytes are zero. */
function grown(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(Math.max(bytes.length, length));
  copy.set(bytes);
  return copy;
}

interface BitRange {
  /** First and last bit, both included. */
  first: number;
  last: number;
}

/** `start end [BYTE|BIT]` at `index` for a string of that many bytes; null: nothing lies between. */
function readRange(args: Arguments, index: number, bytes: number): BitRange | null {
  const start = args.integer(index);
  const end = index + 1 < args.length ? args.integer(index + 1) : -1;
  const unit = index + 2 < args.length ? args.keyword(index + 2) : "BYTE";
  if (unit !== "BYTE" && unit !== "BIT") throw syntaxError();
  const total = unit === "BIT" ? bytes * 8 : bytes;
  const first = Math.max(start < 0 ? start + total : start, 0);
  const last = Math.min(end < 0 ? Math.max(end + total, 0) : end, total - 1);
  if (first > last || (start < 0 && end < 0 && start > end)) return null;
  return unit === "BIT" ? { first, last } : { first: first * 8, last: last * 8 + 7 };
}

function bitcount({ db }: Context, args: Arguments): Reply {
  if (args.length === 2 || args.length > 4) throw syntaxError();
  if (args.length > 1) readRange(args, 1, 0);
  const bytes = getString(db, args.bytes(0)) ?? EMPTY;
  const range = args.length > 1 ? readRange(args, 1, bytes.length) : { first: 0, last: bytes.length * 8 - 1 };
  return range ? countBits(bytes, range) : 0;
}

function countBits(bytes: Buffer, { first, last }: BitRange): number {
  const [from, to] = [Math.floor(first / 8), Math.floor(last / 8)];
  let count = 0;
  for (let i = from; i <= to && i < bytes.length; i++) {
    let byte = bytes[i]!;
    if (i === from) byte &= 0xff >> (first % 8);
    if (i === to) byte &= 0xff << (7 - (last % 8));
    count += ONES[byte & 0xff]!;
  }
  return count;
}

function bitpos({ db }: Context, args: Arguments): Reply {
  const bit = args.integer(1, "ERR The bit argument must be 1 or 0.");
  if (bit !== 0 && bit !== 1) throw new RedisError("ERR The bit argument must be 1 or 0.");
  if (args.length > 5) throw syntaxError();
  const bytes = getString(db, args.bytes(0));
  if (bytes === null) return bit === 1 ? -1 : 0;
  const range = args.length > 2 ? readRange(args, 2, bytes.length) : { first: 0, last: bytes.length * 8 - 1 };
  if (!range) return -1;
  const found = findBit(bytes, bit, range);
  // A string of ones, looked at to its open end, counts as followed by zeros.
  return found === -1 && bit === 0 && args.length < 4 && bytes.length > 0 ? range.last + 1 : found;
}

function findBit(bytes: Buffer, bit: number, { first, last }: BitRange): number {
  const dull = bit ? 0x00 : 0xff;
  for (let offset = first; offset <= last; offset++) {
    if (offset % 8 === 0 && bytes[offset / 8] === dull) offset += 7;
    else if (bitAt(bytes, offset) === bit) return offset;
  }
  return -1;
}

function bitop({ db }: Context, args: Arguments): Reply {
  const operation = args.keyword(0);
  const target = args.bytes(1);
  const keys = args.from(2);
  if (!/^(?:AND|OR|XOR|NOT)$/.test(operation)) throw syntaxError();
  if (operation === "NOT" && keys.length !== 1) {
    throw new RedisError("ERR BITOP NOT must be called with a single source key.");
  }
  const sources = keys.map((key) => getString(db, key) ?? EMPTY);
  const length = Math.max(...sources.map((source) => source.length));
  const result = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    const values = sources.map((source) => source[i] ?? 0);
    result[i] = combine(operation, values);
  }
  if (length === 0) {
    db.delete(target);
  } else {
    putString(db, target, result, null);
    db.changed(target, "$", "set");
  }
  return length;
}

function combine(operation: string, [first = 0, ...rest]: number[]): number {
  switch (operation) {
    case "AND":
      return rest.reduce((a, b) => a & b, first);
    case "OR":
      return rest.reduce((a, b) => a | b, first);
    case "XOR":
      return rest.reduce((a, b) => a ^ b, first);
    default:
      return ~first & 0xff;
  }
}

type Overflow = "WRAP" | "SAT" | "FAIL";

interface FieldOperation {
  action: "GET" | "SET" | "INCRBY";
  signed: boolean;
  bits: number;
  offset: number;
  value: bigint;
  overflow: Overflow;
}

function readFieldType(args: Arguments, index: number): { signed: boolean; bits: number } {
  const match = /^([iu])([1-9]\d?)$/.exec(args.text(index));
  const bits = Number(match?.[2]);
  const signed = match?.[1] === "i";
  if (!match || bits > (signed ? 64 : 63)) {
    throw new RedisError(
      "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
    );
  }
  return { signed, bits };
}

/** An offset in bits, or `#n` in fields of the type's width. */
function readFieldOffset(args: Arguments, index: number, bits: number): number {
  const text = args.bytes(index);
  const counted = text[0] === 0x23;
  const number = parseInteger(counted ? text.subarray(1) : text);
  const offset = number === null ? -1 : counted ? number * bits : number;
  if (offset < 0 || offset + bits > MAX_BITS) {
    throw new RedisError("ERR bit offset is not an integer or out of range");
  }
  return offset;
}

function readFieldOperations(args: Arguments, readOnly: boolean): FieldOperation[] {
  const operations: FieldOperation[] = [];
  let overflow: Overflow = "WRAP";
  for (let i = 1; i < args.length;) {
    const action = args.keyword(i);
    if (action === "OVERFLOW") {
      const mode = args.keyword(i + 1);
      if (mode !== "WRAP" && mode !== "SAT" && mode !== "FAIL") {
        throw new RedisError("ERR Invalid OVERFLOW type specified");
      }
      overflow = mode;
      i += 2;
      continue;
    }
    if (action !== "GET" && action !== "SET" && action !== "INCRBY") throw syntaxError();
    const type = readFieldType(args, i + 1);
    const offset = readFieldOffset(args, i + 2, type.bits);
    const value = action === "GET" ? 0n : args.int64(i + 3);
    if (readOnly && action !== "GET") {
      throw new RedisError("ERR BITFIELD_RO only supports the GET subcommand");
    }
    operations.push({ action, ...type, offset, value, overflow });
    i += action === "GET" ? 3 : 4;
  }
  return operations;
}

function bitfield(readOnly: boolean): Command["run"] {
  return ({ db }, args) => {
    const operations = readFieldOperations(args, readOnly);
    const key = args.bytes(0);
    let bytes = getString(db, key) ?? EMPTY;
    let written = false;
    const replies = operations.map((operation): Reply => {
      const current = readField(bytes, operation);
      if (operation.action === "GET") return current;
      const wanted = operation.action === "SET" ? operation.value : current + operation.value;
      const value = fit(wanted, operation);
      if (value === null) return null;
      bytes = grown(bytes, Math.ceil((operation.offset + operation.bits) / 8));
      writeField(bytes, operation, value);
      written = true;
      return operation.action === "SET" ? current : value;
    });
    if (written) {
      putString(db, key, bytes, "keep");
      db.changed(key, "$", "setbit");
    }
    return replies;
  };
}

function readField(bytes: Buffer, { offset, bits, signed }: FieldOperation): bigint {
  let value = 0n;
  for (let i = 0; i < bits; i++) value = (value << 1n) | BigInt(bitAt(bytes, offset + i));
  return signed ? BigInt.asIntN(bits, value) : value;
}

function writeField(bytes: Buffer, { offset, bits }: FieldOperation, value: bigint): void {
  const raw = BigInt.asUintN(bits, value);
  for (let i = 0; i < bits; i++) {
    const at = offset + i;
    const mask = 0x80 >> (at % 8);
    const index = Math.floor(at / 8);
    const bit = (raw >> BigInt(bits - 1 - i)) & 1n;
    bytes[index] = bit ? bytes[index]! | mask : bytes[index]! & ~mask;
  }
}

/** The value as the field can hold it; null when it overflows and OVERFLOW FAIL is in force. */
function fit(value: bigint, { bits, signed, overflow }: FieldOperation): bigint | null {
  const max = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  const min = signed ? -max - 1n : 0n;
  if (value >= min && value <= max) return value;
  if (overflow === "FAIL") return null;
  if (overflow === "SAT") return value > max ? max : min;
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

export const bitmapCommands: Command[] = [
  command("setbit", 4, "write denyoom", ONE_KEY, setbit),
  command("getbit", 3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const offset = readOffset(args, 1);
    return bitAt(getString(db, args.bytes(0)) ?? EMPTY, offset);
  }),
  command("bitcount", -2, "readonly", ONE_KEY, bitcount),
  command("bitpos", -3, "readonly", ONE_KEY, bitpos),
  command("bitop", -4, "write denyoom", [2, -1, 1], bitop),
  command("bitfield", -2, "write denyoom", ONE_KEY, bitfield(false)),
  command("bitfield_ro", -2, "readonly fast", ONE_KEY, bitfield(true)),
];
