import { type Library, type LuaValue, numberArgument } from "./lua-value";

/** The library `bit` (LuaJIT's BitOp): operations on 32-bit integers, results signed. */
export const bitLibrary: Library = {
  tobit: (args) => [word(args, 0, "tobit")],
  bnot: (args) => [~word(args, 0, "bnot")],
  band: (args) => [fold(args, "band", (a, b) => a & b)],
  bor: (args) => [fold(args, "bor", (a, b) => a | b)],
  bxor: (args) => [fold(args, "bxor", (a, b) => a ^ b)],
  lshift: (args) => [word(args, 0, "lshift") << shift(args, "lshift")],
  rshift: (args) => [(word(args, 0, "rshift") >>> shift(args, "rshift")) | 0],
  arshift: (args) => [word(args, 0, "arshift") >> shift(args, "arshift")],
  rol: (args) => [rotate(word(args, 0, "rol"), shift(args, "rol"))],
  ror: (args) => [rotate(word(args, 0, "ror"), 32 - shift(args, "ror"))],
  bswap: (args) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(word(args, 0, "bswap"));
    return [bytes.readInt32LE()];
  },
  tohex: (args) => {
    const digits = args.length > 1 ? numberArgument(args, 1, "tohex") : 8;
    const count = Math.min(Math.abs(digits), 8);
    const text = (word(args, 0, "tohex") >>> 0)
      .toString(16)
      .padStart(8, "0")
      .slice(8 - count);
    return [Buffer.from(digits < 0 ? text.toUpperCase() : text)];
  },
};

/** Numbers are taken modulo 2^32. */
function word(args: readonly LuaValue[], index: number, name: string): number {
  return Number(BigInt.asIntN(32, BigInt(Math.round(numberArgument(args, index, name)))));
}

function shift(args: readonly LuaValue[], name: string): number {
  return numberArgument(args, 1, name) & 31;
}

function fold(args: readonly LuaValue[], name: string, combine: (a: number, b: number) => number): number {
  return args.map((_, i) => word(args, i, name)).reduce(combine);
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> ((32 - count) % 32));
}
