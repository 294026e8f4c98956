import { JSON_NULL, type Library, LuaError, LuaTable, type LuaValue, stringArgument } from "./lua-value";

/** Nesting that lua-cmsgpack packs; deeper values become nil. */
const MAX_NESTING = 16;

/** The library `cmsgpack`, as Redis has it. */
export const cmsgpackLibrary: Library = {
  pack: (values) => {
    if (values.length === 0) throw new LuaError("MessagePack pack needs input.");
    return [Buffer.concat(values.map((value) => pack(value, 0)))];
  },
  unpack: (args) => unpackAll(stringArgument(args, 0, "unpack")),
};

function pack(value: LuaValue, depth: number): Buffer {
  if (value === undefined || value === JSON_NULL || depth > MAX_NESTING) return Buffer.from([0xc0]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === "number") return packNumber(value);
  if (value instanceof Uint8Array) return Buffer.concat([stringHead(value.length), value]);
  const list = value.list();
  if (list.length > 0 && list.length === value.entries.length) {
    const items = list.map((item) => pack(item, depth + 1));
    return Buffer.concat([collectionHead(list.length, 0x90, 0xdc), ...items]);
  }
  const pairs = value.entries.flatMap(([key, item]) => [pack(key, depth + 1), pack(item, depth + 1)]);
  // An empty table is an empty array.
  const head = value.entries.length === 0 ? Buffer.from([0x90]) : collectionHead(value.entries.length, 0x80, 0xde);
  return Buffer.concat([head, ...pairs]);
}

function packNumber(value: number): Buffer {
  if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 63) return packFloat(value);
  if (value >= 0 && value <= 127) return Buffer.from([value]);
  if (value < 0 && value >= -32) return Buffer.from([value & 0xff]);
  // By size: 8, 16, 32 and 64 bits.
  const bits = [8, 16, 32, 64].find((size) => (value >= 0 ? value < 2 ** size : value >= -(2 ** (size - 1))))!;
  const code = (value >= 0 ? 0xcc : 0xd0) + Math.log2(bits / 8);
  const body = Buffer.alloc(8);
  body.writeBigInt64BE(BigInt.asIntN(64, BigInt(value)));
  return Buffer.concat([Buffer.from([code]), body.subarray(8 - bits / 8)]);
}

function packFloat(value: number): Buffer {
  const single = Math.fround(value) === value;
  const body = Buffer.alloc(single ? 5 : 9);
  body[0] = single ? 0xca : 0xcb;
  if (single) body.writeFloatBE(value, 1);
  else body.writeDoubleBE(value, 1);
  return body;
}

function stringHead(length: number): Buffer {
  if (length < 32) return Buffer.from([0xa0 | length]);
  if (length < 2 ** 8) return Buffer.from([0xd9, length]);
  if (length < 2 ** 16) return Buffer.from([0xda, length >> 8, length & 0xff]);
  return longHead(0xdb, length);
}

function collectionHead(length: number, small: number, medium: number): Buffer {
  if (length < 16) return Buffer.from([small | length]);
  if (length < 2 ** 16) return Buffer.from([medium, length >> 8, length & 0xff]);
  return longHead(medium + 1, length);
}

function longHead(code: number, length: number): Buffer {
  const head = Buffer.alloc(5);
  head[0] = code;
  head.writeUInt32BE(length, 1);
  return head;
}

function unpackAll(bytes: Buffer): LuaValue[] {
  const reader = new MessagePackReader(bytes);
  const values: LuaValue[] = [];
  while (!reader.atEnd) values.push(reader.read());
  return values;
}

class MessagePackReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  read(): LuaValue {
    const code = this.take(1)[0]!;
    if (code < 0x80) return code;
    if (code < 0x90) return this.map(code & 0x0f);
    if (code < 0xa0) return this.array(code & 0x0f);
    if (code < 0xc0) return this.string(code & 0x1f);
    if (code >= 0xe0) return code - 256;
    return this.readCoded(code);
  }

  private readCoded(code: number): LuaValue {
    switch (code) {
      case 0xc0:
        return undefined;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.take(4).readFloatBE();
      case 0xcb:
        return this.take(8).readDoubleBE();
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.unsigned(2 ** (code - 0xcc));
      case 0xcf:
        return Number(this.take(8).readBigUInt64BE());
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.take(2 ** (code - 0xd0)).readIntBE(0, 2 ** (code - 0xd0));
      case 0xd3:
        return Number(this.take(8).readBigInt64BE());
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.string(this.unsigned(2 ** (code - 0xc4)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.string(this.unsigned(2 ** (code - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.array(this.unsigned(2 * (code - 0xdb)));
      case 0xde:
      case 0xdf:
        return this.map(this.unsigned(2 * (code - 0xdd)));
      default:
        throw new LuaError("Bad data format in input.");
    }
  }

  private unsigned(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  private string(length: number): Buffer {
    return Buffer.from(this.take(length));
  }

  private array(length: number): LuaTable {
    return LuaTable.fromList(Array.from({ length }, () => this.read()));
  }

  private map(length: number): LuaTable {
    return new LuaTable(Array.from({ length }, (): [LuaValue, LuaValue] => [this.read(), this.read()]));
  }

  private take(count: number): Buffer {
    if (this.at + count > this.bytes.length) throw new LuaError("Missing bytes in input.");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}
