import { ProtocolError } from "./errors";
import { formatDouble } from "./numbers";
import {
  BigNumberReply,
  DoubleReply,
  ErrorReply,
  MapReply,
  NO_REPLY,
  NullArray,
  Push,
  type Reply,
  SetReply,
  Several,
  Status,
  VerbatimReply,
} from "./reply";

/** Redis's own limits on what it reads (`proto-max-bulk-len` is lowered: a Worker has 128 MB in all). */
const MAX_INLINE_BYTES = 64 * 1024;
const MAX_ARGUMENTS = 1024 * 1024;
export const MAX_BULK_BYTES = 64 * 1024 * 1024;

const CR = 13;
const LF = 10;
const ASTERISK = 42;
const DOLLAR = 36;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts a byte stream into commands, in both forms clients use: arrays of bulk strings, and inline text lines as typed
 * into telnet and sent by health checks.
 *
 * Chunks are only joined when enough bytes for the next step have arrived, so a value that comes in a thousand chunks is
 * copied once and not a thousand times.
 */
export class RequestParser {
  private buffer: Buffer = EMPTY;
  private offset = 0;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  /** Bytes that must be there before parsing can go on. */
  private needed = 1;
  /** The array being read: how many arguments it still lacks, and those read so far. */
  private missing = 0;
  private args: Buffer[] = [];
  /** Length of the bulk string being read, or -1 before its header. */
  private bulkLength = -1;

  /** Bytes received and not yet returned as a command. */
  get buffered(): number {
    return this.buffer.length - this.offset + this.waitingBytes;
  }

  push(chunk: Uint8Array): void {
    this.waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.waitingBytes += chunk.byteLength;
  }

  /** The next command's arguments, its name first; null when more bytes are needed. */
  next(): Buffer[] | null {
    for (;;) {
      if (!this.fill()) return null;
      if (this.missing > 0) {
        if (!this.readBulk()) return null;
        if (this.missing === 0) return this.takeArguments();
        continue;
      }
      const line = this.readLine("too big inline request");
      if (line === null) return null;
      if (line[0] === ASTERISK) {
        this.startArray(line);
      } else {
        const args = splitInline(line);
        if (args.length > 0) return args;
      }
    }
  }

  private takeArguments(): Buffer[] {
    const args = this.args;
    this.args = [];
    return args;
  }

  private startArray(line: Buffer): void {
    const count = parseLength(line);
    if (count === null || count > MAX_ARGUMENTS) {
      throw new ProtocolError("invalid multibulk length");
    }
    // An empty or null array is no command: real servers skip it without an answer.
    this.missing = Math.max(count, 0);
  }

  /** Reads one bulk string into `args`; false when its bytes are not all there. */
  private readBulk(): boolean {
    if (this.bulkLength < 0) {
      const line = this.readLine("too big bulk count string");
      if (line === null) return false;
      if (line[0] !== DOLLAR) {
        const found = String.fromCharCode(line[0] ?? CR);
        throw new ProtocolError(`expected '$', got '${found}'`);
      }
      const length = parseLength(line);
      if (length === null || length < 0 || length > MAX_BULK_BYTES) {
        throw new ProtocolError("invalid bulk length");
      }
      this.bulkLength = length;
    }
    const end = this.offset + this.bulkLength;
    if (end + 2 > this.buffer.length && !this.need(this.bulkLength + 2)) {
      return false;
    }
    const start = this.offset;
    this.args.push(this.buffer.subarray(start, start + this.bulkLength));
    this.offset = start + this.bulkLength + 2;
    this.bulkLength = -1;
    this.missing--;
    return true;
  }

  /** A line without its line end; null when it has not arrived in full. */
  private readLine(tooLong: string): Buffer | null {
    let end = this.buffer.indexOf(LF, this.offset);
    if (end < 0) {
      const have = this.buffer.length - this.offset;
      if (have > MAX_INLINE_BYTES) throw new ProtocolError(tooLong);
      if (!this.need(have + 1)) return null;
      end = this.buffer.indexOf(LF, this.offset);
      if (end < 0) return this.readLine(tooLong);
    }
    const stop = end > this.offset && this.buffer[end - 1] === CR ? end - 1 : end;
    const line = this.buffer.subarray(this.offset, stop);
    this.offset = end + 1;
    return line;
  }

  /** Asks for `count` bytes from the current offset on; false when they have not arrived. */
  private need(count: number): boolean {
    this.needed = count;
    return this.fill();
  }

  private fill(): boolean {
    if (this.buffer.length - this.offset >= this.needed) {
      this.needed = 1;
      return true;
    }
    if (this.buffered < this.needed) return false;
    const rest = this.buffer.subarray(this.offset);
    const [only] = this.waiting;
    this.buffer =
      rest.length === 0 && this.waiting.length === 1 && only ? only : Buffer.concat([rest, ...this.waiting]);
    this.offset = 0;
    this.waiting = [];
    this.waitingBytes = 0;
    this.needed = 1;
    return true;
  }
}

/** The number after the type byte, or null when it is none. */
function parseLength(line: Buffer): number | null {
  const text = line.toString("latin1", 1);
  return /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}

/** Splits an inline command as Redis does: blanks separate, "…" knows escapes, '…' only \'. */
export function splitInline(line: Buffer): Buffer[] {
  const text = line.toString("latin1");
  const token = /\s*(?:"((?:[^"\\]|\\[^])*)"(?=\s|$)|'((?:[^'\\]|\\[^])*)'(?=\s|$)|([^\s"']\S*))/y;
  const args: Buffer[] = [];
  while (/\S/.test(text.slice(token.lastIndex))) {
    const match = token.exec(text);
    if (match === null) throw new ProtocolError("unbalanced quotes in request");
    const [, double, single, bare] = match;
    const value =
      double !== undefined ? unescapeDouble(double) : single !== undefined ? single.replace(/\\'/g, "'") : (bare ?? "");
    args.push(Buffer.from(value, "latin1"));
  }
  return args;
}

const ESCAPES: Record<string, string> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  a: "\x07",
};

function unescapeDouble(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([^]))/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Collects replies as bytes; one growing buffer, so that a pipeline's replies leave in one write. */
export class ReplyEncoder {
  private bytes = Buffer.allocUnsafe(1024);
  private length = 0;

  /** Bytes written and not yet taken. */
  get size(): number {
    return this.length;
  }

  /** The bytes so far; the encoder starts anew. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafe(1024);
    this.length = 0;
    return taken;
  }

  write(reply: Reply, protocol: number): void {
    if (typeof reply === "number" || typeof reply === "bigint") {
      this.line(`:${reply}`);
    } else if (typeof reply === "string") {
      this.bulk(Buffer.from(reply));
    } else if (reply instanceof Uint8Array) {
      this.bulk(reply);
    } else if (reply === null) {
      this.line(protocol === 3 ? "_" : "$-1");
    } else if (Array.isArray(reply)) {
      this.aggregate("*", reply, protocol);
    } else if (typeof reply === "boolean") {
      this.line(protocol === 3 ? (reply ? "#t" : "#f") : reply ? ":1" : ":0");
    } else if (reply !== NO_REPLY) {
      this.writeTyped(reply, protocol);
    }
  }

  private writeTyped(
    reply: Exclude<Reply, number | bigint | string | Uint8Array | null | boolean | Reply[] | typeof NO_REPLY>,
    protocol: number,
  ): void {
    const three = protocol === 3;
    if (reply instanceof Status) {
      this.line(`+${reply.text}`);
    } else if (reply instanceof ErrorReply) {
      // A line end inside the text would break the framing.
      this.line(`-${reply.message.replace(/[\r\n]/g, " ")}`);
    } else if (reply instanceof NullArray) {
      this.line(three ? "_" : "*-1");
    } else if (reply instanceof DoubleReply) {
      const text = formatDouble(reply.value);
      if (three) this.line(`,${text}`);
      else this.bulk(Buffer.from(text));
    } else if (reply instanceof MapReply) {
      this.line(three ? `%${reply.entries.length}` : `*${reply.entries.length * 2}`);
      for (const [key, value] of reply.entries) {
        this.write(key, protocol);
        this.write(value, protocol);
      }
    } else if (reply instanceof SetReply) {
      this.aggregate(three ? "~" : "*", reply.members, protocol);
    } else if (reply instanceof Push) {
      this.aggregate(three ? ">" : "*", reply.items, protocol);
    } else if (reply instanceof Several) {
      for (const one of reply.replies) this.write(one, protocol);
    } else if (reply instanceof VerbatimReply) {
      this.verbatim(reply, three);
    } else if (reply instanceof BigNumberReply) {
      if (three) this.line(`(${reply.digits}`);
      else this.bulk(Buffer.from(reply.digits));
    }
  }

  private aggregate(type: string, items: Reply[], protocol: number): void {
    this.line(type + items.length);
    for (const item of items) this.write(item, protocol);
  }

  private verbatim(reply: VerbatimReply, three: boolean): void {
    const text = Buffer.from(reply.text);
    if (!three) return this.bulk(text);
    this.line(`=${text.length + 4}`);
    this.raw(Buffer.from(`${reply.format}:`));
    this.raw(text);
    this.line("");
  }

  private bulk(value: Uint8Array): void {
    this.line(`$${value.byteLength}`);
    this.raw(value);
    this.line("");
  }

  private line(text: string): void {
    // One byte per character: names from the client appear in errors as they came.
    this.reserve(text.length + 2);
    this.length += this.bytes.write(text, this.length, "latin1");
    this.bytes[this.length++] = CR;
    this.bytes[this.length++] = LF;
  }

  private raw(value: Uint8Array): void {
    this.reserve(value.byteLength);
    this.bytes.set(value, this.length);
    this.length += value.byteLength;
  }

  private reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(wanted, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
