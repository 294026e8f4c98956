/**
 * Where the bytes of a file are kept.
 *
 * The file system's tree (names, modes, times) is always in memory; the bytes are not, because 128 MB is all an isolate has.
 * Files of the image are read from the Worker's bundle each time, files of a volume live in SQLite, and only what the app
 * writes elsewhere (/tmp, the container's own layer) is held in memory.
 */
import realFs from "node:fs";

/** The bytes of one file. Positions and sizes are in bytes; a position may lie beyond the end. */
export interface Content {
  readonly size: number;
  /** Copies from `position` into `target` until either ends; returns how many bytes were copied. */
  read(target: Uint8Array, position: number): number;
  /** Overwrites and extends; a gap before `position` reads as zeros. */
  write(source: Uint8Array, position: number): void;
  /** Cuts off, or extends with zeros. */
  truncate(size: number): void;
}

/** Bytes in memory, in a buffer that grows by doubling. */
export class MemoryContent implements Content {
  #bytes: Uint8Array;
  #size: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  read(target: Uint8Array, position: number): number {
    const part = this.#bytes.subarray(position, Math.min(this.#size, position + target.length));
    target.set(part);
    return part.length;
  }

  write(source: Uint8Array, position: number): void {
    const end = position + source.length;
    this.#reserve(end);
    if (position > this.#size) this.#bytes.fill(0, this.#size, position);
    this.#bytes.set(source, position);
    this.#size = Math.max(this.#size, end);
  }

  truncate(size: number): void {
    this.#reserve(size);
    if (size > this.#size) this.#bytes.fill(0, this.#size, size);
    this.#size = size;
    if (size === 0) this.#bytes = new Uint8Array(0);
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.#bytes.length * 2, 64));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}

/** A file of the image, until it is first written to: from then on the container's own copy, in memory. */
export class ImageContent implements Content {
  readonly #bundlePath: string;
  readonly #imageSize: number;
  #copy: MemoryContent | undefined;

  /** `bundlePath` is where the Worker's bundle holds the file, `size` what the manifest says. */
  constructor(bundlePath: string, size: number) {
    this.#bundlePath = bundlePath;
    this.#imageSize = size;
  }

  get size(): number {
    return this.#copy ? this.#copy.size : this.#imageSize;
  }

  read(target: Uint8Array, position: number): number {
    if (this.#copy) return this.#copy.read(target, position);
    const length = Math.min(target.length, this.#imageSize - position);
    if (length <= 0) return 0;
    const fd = realFs.openSync(this.#bundlePath, "r");
    try {
      return realFs.readSync(fd, target, 0, length, position);
    } finally {
      realFs.closeSync(fd);
    }
  }

  write(source: Uint8Array, position: number): void {
    this.#copyUp(this.#imageSize).write(source, position);
  }

  truncate(size: number): void {
    this.#copyUp(Math.min(size, this.#imageSize)).truncate(size);
  }

  #copyUp(length: number): MemoryContent {
    if (!this.#copy) {
      const bytes = new Uint8Array(length);
      this.read(bytes, 0);
      this.#copy = new MemoryContent(bytes);
    }
    return this.#copy;
  }
}

/** A device: reading and writing have an effect instead of a position. */
export class DeviceContent implements Content {
  readonly size = 0;
  readonly #onRead: (target: Uint8Array) => number;
  readonly #onWrite: (source: Uint8Array) => void;

  constructor(onRead: (target: Uint8Array) => number, onWrite: (source: Uint8Array) => void) {
    this.#onRead = onRead;
    this.#onWrite = onWrite;
  }

  read(target: Uint8Array): number {
    return this.#onRead(target);
  }

  write(source: Uint8Array): void {
    this.#onWrite(source);
  }

  truncate(): void {
    // Opening a device with O_TRUNC is allowed and changes nothing.
  }
}
