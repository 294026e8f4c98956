import { badDump } from "./errors";

/** Length prefixes of Redis's dumps: the two highest bits of the first byte say how many bytes follow. */
const LENGTH_6_BITS = 0;
const LENGTH_14_BITS = 1;
const LENGTH_32_BITS = 0x80;
const LENGTH_64_BITS = 0x81;

/** Strings that are not stored as they are. */
const INTEGER_BYTES: Record<number, number> = { 0: 1, 1: 2, 2: 4 };
const COMPRESSED = 3;

/** Reads the parts of a dump one after the other. Throws `badDump()` where the bytes are not what they should be. */
export class DumpReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw badDump();
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }

  double(): number {
    return this.take(8).readDoubleLE(0);
  }

  length(): number {
    const first = this.byte();
    switch (first >> 6) {
      case LENGTH_6_BITS:
        return first & 0x3f;
      case LENGTH_14_BITS:
        return ((first & 0x3f) << 8) | this.byte();
    }
    if (first === LENGTH_32_BITS) return this.take(4).readUInt32BE(0);
    if (first === LENGTH_64_BITS) return Number(this.take(8).readBigUInt64BE(0));
    throw badDump();
  }

  string(): Buffer {
    const start = this.#at;
    const first = this.byte();
    if (first >> 6 !== 3) {
      this.#at = start;
      return this.take(this.length());
    }
    const encoding = first & 0x3f;
    const width = INTEGER_BYTES[encoding];
    if (width !== undefined) return Buffer.from(String(this.take(width).readIntLE(0, width)));
    if (encoding !== COMPRESSED) throw badDump();
    const compressed = this.length();
    const size = this.length();
    return decompress(this.take(compressed), size);
  }
}

/** LZF: runs of literal bytes, and references to what has been written already. */
function decompress(input: Buffer, size: number): Buffer {
  const output = Buffer.alloc(size);
  let to = 0;
  for (let at = 0; at < input.length;) {
    const control = input[at++]!;
    if (control < 32) {
      const count = control + 1;
      if (to + count > size || at + count > input.length) throw badDump();
      input.copy(output, to, at, at + count);
      at += count;
      to += count;
      continue;
    }
    let count = control >> 5;
    if (count === 7) count += input[at++] ?? 0;
    count += 2;
    let from = to - ((control & 0x1f) << 8) - (input[at++] ?? 0) - 1;
    if (from < 0 || to + count > size) throw badDump();
    // Byte by byte: source and target may overlap.
    for (; count > 0; count--) output[to++] = output[from++]!;
  }
  if (to !== size) throw badDump();
  return output;
}
