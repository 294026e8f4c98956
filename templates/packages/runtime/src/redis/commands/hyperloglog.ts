import type { Arguments } from "../arguments";
import { ALL_KEYS, type Command, command, type Context, ONE_KEY } from "../command";
import type { Database } from "../database";
import { RedisError } from "../errors";
import { OK, type Reply } from "../reply";
import { getString, putString } from "../storage/string";

/**
 * HyperLogLog with Redis's parameters, hash and estimator, so that both give the same counts. It is stored in Redis's dense form:
 * a header and 16,384 registers of 6 bits. Redis begins with a sparse form to save memory, which nobody sees but in GET.
 */
const REGISTERS = 16_384;
const INDEX_BITS = 14n;
const HASH_BITS = 50;
const HEADER_BYTES = 16;
const DENSE_BYTES = HEADER_BYTES + (REGISTERS * 6) / 8;
const ALPHA_INFINITY = 0.7213475204444817;

const MASK_64 = 2n ** 64n - 1n;

/** MurmurHash64A with Redis's seed. */
function murmurHash(bytes: Buffer): bigint {
  const m = 0xc6a4a7935bd1e995n;
  const mix = (k: bigint) => {
    const first = (k * m) & MASK_64;
    return ((first ^ (first >> 47n)) * m) & MASK_64;
  };
  let h = 0xadc83b19n ^ ((BigInt(bytes.length) * m) & MASK_64);
  const whole = bytes.length - (bytes.length % 8);
  for (let i = 0; i < whole; i += 8) h = ((h ^ mix(bytes.readBigUInt64LE(i))) * m) & MASK_64;
  if (whole < bytes.length) {
    const tail = Buffer.alloc(8);
    bytes.copy(tail, 0, whole);
    h = ((h ^ tail.readBigUInt64LE()) * m) & MASK_64;
  }
  h = ((h ^ (h >> 47n)) * m) & MASK_64;
  return h ^ (h >> 47n);
}

/** The register an element belongs to, and the value it asks for: one more than its hash's trailing zeros. */
function place(element: Buffer): { register: number; rank: number } {
  const hash = murmurHash(element);
  let rest = hash >> INDEX_BITS;
  let rank = 1;
  while ((rest & 1n) === 0n && rank <= HASH_BITS) {
    rest >>= 1n;
    rank++;
  }
  return { register: Number(hash & BigInt(REGISTERS - 1)), rank };
}

/** One byte per register. */
function readRegisters(db: Database, key: Buffer): Uint8Array | null {
  const bytes = getString(db, key);
  if (bytes === null) return null;
  if (bytes.length < HEADER_BYTES || bytes.toString("latin1", 0, 4) !== "HYLL") {
    throw new RedisError("WRONGTYPE Key is not a valid HyperLogLog string value.");
  }
  if (bytes[4] !== 0 || bytes.length !== DENSE_BYTES) {
    throw new RedisError("INVALIDOBJ Corrupted HLL object detected");
  }
  const registers = new Uint8Array(REGISTERS);
  for (let i = 0; i < REGISTERS; i++) {
    const bit = i * 6;
    const at = HEADER_BYTES + (bit >> 3);
    registers[i] = ((bytes[at]! | ((bytes[at + 1] ?? 0) << 8)) >> (bit & 7)) & 63;
  }
  return registers;
}

function writeRegisters(db: Database, key: Buffer, registers: Uint8Array): void {
  const bytes = Buffer.alloc(DENSE_BYTES);
  bytes.write("HYLL", "latin1");
  // The cached count that stands in the header is marked as out of date.
  bytes[15] = 0x80;
  for (let i = 0; i < REGISTERS; i++) {
    const bit = i * 6;
    const at = HEADER_BYTES + (bit >> 3);
    const value = registers[i]! << (bit & 7);
    bytes[at]! |= value & 0xff;
    if (at + 1 < DENSE_BYTES) bytes[at + 1]! |= value >> 8;
  }
  putString(db, key, bytes, "keep");
}

/** Otmar Ertl's estimator, as Redis uses it. */
function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const value of registers) histogram[value]!++;
  let z = REGISTERS * tau((REGISTERS - histogram[HASH_BITS + 1]!) / REGISTERS);
  for (let j = HASH_BITS; j >= 1; j--) z = (z + histogram[j]!) * 0.5;
  z += REGISTERS * sigma(histogram[0]! / REGISTERS);
  return Math.round((ALPHA_INFINITY * REGISTERS * REGISTERS) / z);
}

function sigma(start: number): number {
  if (start === 1) return Infinity;
  let x = start;
  let y = 1;
  let z = x;
  for (let previous = NaN; previous !== z;) {
    x *= x;
    previous = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let x = start;
  let y = 1;
  let z = 1 - x;
  for (let previous = NaN; previous !== z;) {
    x = Math.sqrt(x);
    previous = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

function pfadd({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  const existing = readRegisters(db, key);
  const registers = existing ?? new Uint8Array(REGISTERS);
  let changed = existing === null;
  for (const element of args.from(1)) {
    const { register, rank } = place(element);
    if (registers[register]! >= rank) continue;
    registers[register] = rank;
    changed = true;
  }
  if (!changed) return 0;
  writeRegisters(db, key, registers);
  db.changed(key, "$", "pfadd");
  return 1;
}

/** The union of several counters; absent ones are empty. */
function merge(db: Database, keys: readonly Buffer[]): Uint8Array {
  const union = new Uint8Array(REGISTERS);
  for (const key of keys) {
    readRegisters(db, key)?.forEach((value, i) => {
      if (value > union[i]!) union[i] = value;
    });
  }
  return union;
}

function pfmerge({ db }: Context, args: Arguments): Reply {
  const target = args.bytes(0);
  writeRegisters(db, target, merge(db, args.list));
  db.changed(target, "$", "pfadd");
  return OK;
}

export const hyperLogLogCommands: Command[] = [
  command("pfadd", -2, "write denyoom fast", ONE_KEY, pfadd),
  command("pfcount", -2, "readonly", ALL_KEYS, ({ db }, args) => estimate(merge(db, args.list))),
  command("pfmerge", -2, "write denyoom", ALL_KEYS, pfmerge),
];
