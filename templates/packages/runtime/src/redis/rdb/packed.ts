/** Small collections of Redis are one piece of memory, and stand in dumps as that. */
import { badDump } from "./errors";

const LISTPACK_HEADER = 6;
const LISTPACK_END = 0xff;

/** The elements of a listpack, numbers as text. */
export function readListpack(bytes: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  let at = LISTPACK_HEADER;
  for (;;) {
    const first = bytes[at];
    if (first === undefined) throw badDump();
    if (first === LISTPACK_END) return elements;
    const { element, size } = listpackElement(bytes, at, first);
    if (at + size > bytes.length) throw badDump();
    elements.push(element);
    at += size + backLength(size);
  }
}

/** The element at `at`, and its size without the length that stands behind it for reading backwards. */
function listpackElement(bytes: Buffer, at: number, first: number): { element: Buffer; size: number } {
  const text = (header: number, length: number) => ({
    element: bytes.subarray(at + header, at + header + length),
    size: header + length,
  });
  const number = (value: number | bigint, size: number) => ({ element: Buffer.from(String(value)), size });
  const need = (size: number): void => {
    if (at + size > bytes.length) throw badDump();
  };
  if (first < 0x80) return number(first, 1);
  if (first < 0xc0) return text(1, first & 0x3f);
  need(2);
  if (first < 0xe0) {
    const raw = ((first & 0x1f) << 8) | bytes[at + 1]!;
    return number(raw >= 0x1000 ? raw - 0x2000 : raw, 2);
  }
  if (first < 0xf0) return text(2, ((first & 0x0f) << 8) | bytes[at + 1]!);
  need(first === 0xf0 ? 5 : first === 0xf4 ? 9 : first - 0xef + 2);
  switch (first) {
    case 0xf0:
      return text(5, bytes.readUInt32LE(at + 1));
    case 0xf1:
      return number(bytes.readInt16LE(at + 1), 3);
    case 0xf2:
      return number(bytes.readIntLE(at + 1, 3), 4);
    case 0xf3:
      return number(bytes.readInt32LE(at + 1), 5);
    case 0xf4:
      return number(bytes.readBigInt64LE(at + 1), 9);
  }
  throw badDump();
}

/** Bytes that the length behind an element takes: seven bits each. */
function backLength(size: number): number {
  let bytes = 1;
  for (let left = size; left > 127; left = Math.floor(left / 128)) bytes++;
  return bytes;
}

/** The members of an intset: integers of 2, 4 or 8 bytes. */
export function readIntset(bytes: Buffer): Buffer[] {
  if (bytes.length < 8) throw badDump();
  const width = bytes.readUInt32LE(0);
  const count = bytes.readUInt32LE(4);
  if (![2, 4, 8].includes(width) || bytes.length !== 8 + width * count) throw badDump();
  return Array.from({ length: count }, (_, i) => {
    const at = 8 + i * width;
    const value = width === 8 ? bytes.readBigInt64LE(at) : bytes.readIntLE(at, width);
    return Buffer.from(String(value));
  });
}
