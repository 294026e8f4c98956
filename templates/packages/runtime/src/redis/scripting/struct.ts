import { type Library, LuaError, type LuaValue, numberArgument, stringArgument } from "./lua-value";

/** The library `struct` (Roberto Ierusalimschy's): binary records described by a format string. */
export const structLibrary: Library = {
  pack: (args) => [pack(args)],
  unpack: (args) => unpack(args),
  size: (args) => [measure(stringArgument(args, 0, "size").toString("latin1"))],
};

/** One field of a format: its letter, its size in bytes, its byte order, and what must be skipped before it. */
interface Item {
  letter: string;
  size: number;
  little: boolean;
  align: number;
}

/** Sizes on the 64-bit machines that Redis runs on. */
const SIZES: Record<string, number> = { b: 1, B: 1, h: 2, H: 2, l: 8, L: 8, T: 8, f: 4, d: 8, x: 1 };

function parseFormat(format: string): Item[] {
  const items: Item[] = [];
  let little = true;
  let align = 1;
  for (const [, letter = "", digits = ""] of format.matchAll(/([^\d\s])(\d*)/g)) {
    if (letter === "<" || letter === "=") little = true;
    else if (letter === ">") little = false;
    else if (letter === "!") align = digits === "" ? 8 : Number(digits);
    else if (letter === "i" || letter === "I") items.push(item(letter, digits === "" ? 4 : Number(digits)));
    else if (letter === "c") items.push(item(letter, digits === "" ? 1 : Number(digits)));
    else if (letter === "s") items.push(item(letter, 0));
    else if (letter in SIZES) items.push(item(letter, SIZES[letter]!));
    else throw new LuaError(`invalid format option '${letter}'`);
  }
  return items;

  function item(letter: string, size: number): Item {
    if ("iI".includes(letter) && (size < 1 || size > 8)) {
      throw new LuaError(`integral size ${size} is larger than limit of 8`);
    }
    return { letter, size, little, align: "csxbB".includes(letter) ? 1 : Math.min(align, size) };
  }
}

function padding(at: number, align: number): number {
  return align > 1 ? (align - (at % align)) % align : 0;
}

function measure(format: string): number {
  let at = 0;
  for (const { letter, size, align } of parseFormat(format)) {
    if (letter === "s") throw new LuaError("variable-size format in 'size'");
    if (letter === "c" && size === 0) throw new LuaError("variable-length format in 'size'");
    at += padding(at, align) + size;
  }
  return at;
}

function pack(args: readonly LuaValue[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  let next = 1;
  for (const { letter, size, little, align } of parseFormat(stringArgument(args, 0, "pack").toString("latin1"))) {
    const gap = Buffer.alloc(padding(at, align));
    let bytes: Buffer;
    if (letter === "x") bytes = Buffer.alloc(1);
    else if (letter === "s") bytes = Buffer.concat([stringArgument(args, next++, "pack"), Buffer.alloc(1)]);
    else if (letter === "c") bytes = packCharacters(stringArgument(args, next++, "pack"), size);
    else bytes = packNumber(numberArgument(args, next++, "pack"), letter, size, little);
    parts.push(gap, bytes);
    at += gap.length + bytes.length;
  }
  return Buffer.concat(parts);
}

function packCharacters(text: Buffer, size: number): Buffer {
  if (size === 0) return text;
  if (text.length < size) throw new LuaError("string too short");
  return text.subarray(0, size);
}

function packNumber(value: number, letter: string, size: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(8);
  if (letter === "f") {
    bytes.writeFloatLE(value);
  } else if (letter === "d") {
    bytes.writeDoubleLE(value);
  } else {
    bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(Math.trunc(value))));
  }
  const used = bytes.subarray(0, size);
  return little ? used : used.reverse();
}

/** Reads the fields and returns them with the position after the last one. */
function unpack(args: readonly LuaValue[]): LuaValue[] {
  const data = stringArgument(args, 1, "unpack");
  let at = args.length > 2 ? numberArgument(args, 2, "unpack") - 1 : 0;
  const values: LuaValue[] = [];
  for (const { letter, size, little, align } of parseFormat(stringArgument(args, 0, "unpack").toString("latin1"))) {
    at += padding(at, align);
    if (letter === "s") {
      const end = data.indexOf(0, at);
      if (end < 0) throw new LuaError("unfinished string in data");
      values.push(Buffer.from(data.subarray(at, end)));
      at = end + 1;
      continue;
    }
    let length = size;
    if (letter === "c" && size === 0) {
      // The number read before is the string's length.
      const count = values.pop();
      if (typeof count !== "number") throw new LuaError("format 'c0' needs a previous size");
      length = count;
    }
    if (at + length > data.length) throw new LuaError("data string too short");
    const bytes = data.subarray(at, at + length);
    at += length;
    if (letter === "c") values.push(Buffer.from(bytes));
    else if (letter !== "x") values.push(unpackNumber(bytes, letter, little));
  }
  return [...values, at + 1];
}

function unpackNumber(bytes: Buffer, letter: string, little: boolean): number {
  const ordered = Buffer.alloc(8);
  ordered.set(little ? bytes : Buffer.from(bytes).reverse());
  if (letter === "f") return ordered.readFloatLE();
  if (letter === "d") return ordered.readDoubleLE();
  const value = ordered.readBigUInt64LE();
  const signed = letter === letter.toLowerCase();
  return Number(signed ? BigInt.asIntN(bytes.length * 8, value) : value);
}
