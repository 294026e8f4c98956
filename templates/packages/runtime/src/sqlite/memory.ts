/** SQLite's memory, seen from JavaScript. */
import type { Pointer, SqliteExports } from "./exports";

/** What SQLite's build starts with, and the most it declares; 64 KB each. */
const INITIAL_PAGES = 128;
const MAXIMUM_PAGES = 32768;
/** Texts up to this length are mostly ASCII and read letter by letter: calling the decoder costs more. */
const SHORT_TEXT = 24;
/** Kept for passing values; longer ones get memory of their own. */
const SCRATCH_SIZE = 64 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const encoder = new TextEncoder();

export class Memory {
  readonly wasm = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES });
  #c: SqliteExports | undefined;
  #bytes = new Uint8Array(this.wasm.buffer);
  #view = new DataView(this.wasm.buffer);
  #scratch: Pointer = 0;

  /** To be called once, when there is an instance that uses this memory. */
  attach(c: SqliteExports): void {
    this.#c = c;
    this.#scratch = c.malloc(SCRATCH_SIZE);
  }

  /** All of it. Not to be kept: when memory grows it moves. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.wasm.buffer) this.#bytes = new Uint8Array(this.wasm.buffer);
    return this.#bytes;
  }

  get view(): DataView {
    if (this.#view.buffer !== this.wasm.buffer) this.#view = new DataView(this.wasm.buffer);
    return this.#view;
  }

  pointerAt(at: Pointer): Pointer {
    return this.view.getUint32(at, true);
  }

  /** The text of `size` bytes at an address. */
  text(at: Pointer, size: number): string {
    const { bytes } = this;
    if (size > SHORT_TEXT) return decoder.decode(bytes.subarray(at, at + size));
    let result = "";
    for (let i = at; i < at + size; i++) {
      const byte = bytes[i]!;
      if (byte > 127) return decoder.decode(bytes.subarray(at, at + size));
      result += String.fromCharCode(byte);
    }
    return result;
  }

  /** A text that ends with a zero byte; null at address 0. */
  cText(at: Pointer): string | null {
    return at === 0 ? null : this.text(at, this.bytes.indexOf(0, at) - at);
  }

  /** A copy of `size` bytes. */
  copy(at: Pointer, size: number): Buffer {
    return Buffer.from(this.bytes.slice(at, at + size).buffer);
  }

  /** Lends a text to `use` as UTF-8 with a zero byte behind it. */
  withText<Result>(text: string, use: (at: Pointer, size: number) => Result): Result {
    return this.#lend(text.length * 3 + 1, (at, room) => {
      const { written } = encoder.encodeInto(text, this.bytes.subarray(at, at + room - 1));
      this.bytes[at + written] = 0;
      return use(at, written);
    });
  }

  /** Lends bytes to `use`. The address is never 0, not even for no bytes: SQLite takes that for NULL. */
  withBytes<Result>(data: Uint8Array, use: (at: Pointer, size: number) => Result): Result {
    return this.#lend(Math.max(1, data.length), (at) => {
      this.bytes.set(data, at);
      return use(at, data.length);
    });
  }

  /** Lends room for `count` pointers or 64-bit numbers, set to zero. */
  withSlots<Result>(count: number, use: (at: Pointer) => Result): Result {
    const at = this.allocate(count * 8);
    try {
      this.bytes.fill(0, at, at + count * 8);
      return use(at);
    } finally {
      this.#c!.free(at);
    }
  }

  allocate(size: number): Pointer {
    const at = this.#c!.malloc(size);
    if (at === 0) throw new RangeError("SQLite is out of memory");
    return at;
  }

  allocateAligned(alignment: number, size: number): Pointer {
    const at = this.#c!.emscripten_builtin_memalign(alignment, size);
    if (at === 0) throw new RangeError("SQLite is out of memory");
    return at;
  }

  #lend<Result>(size: number, use: (at: Pointer, room: number) => Result): Result {
    const scratch = this.#scratch;
    if (size <= SCRATCH_SIZE && scratch !== 0) {
      // Taken while it is used: a value may be passed while another one is.
      this.#scratch = 0;
      try {
        return use(scratch, size);
      } finally {
        this.#scratch = scratch;
      }
    }
    const at = this.allocate(size);
    try {
      return use(at, size);
    } finally {
      this.#c!.free(at);
    }
  }
}
