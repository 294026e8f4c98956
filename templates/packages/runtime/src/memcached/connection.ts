import type { ByteStream } from "../transport";
import { executeRequest, HEADER_BYTES, REQUEST_MAGIC, requestLength } from "./binary";
import type { Cache } from "./cache";
import type { MemcachedServerState } from "./server";
import type { Session } from "./session";
import { executeLine, type Pending } from "./text";

/** Longest line of the text protocol: a `get` may have many keys. */
const LONGEST_LINE = 64 * 1024;
/** Longest request of the binary protocol: one with too large an item is read and refused, beyond this the client is cut off. */
const LONGEST_REQUEST = 32 * 1024 * 1024;

const LINE_BREAK = Buffer.from("\r\n");

/** One client: finds out by its first byte which protocol it speaks, reads its commands, and writes the answers. */
export class Connection implements Session {
  readonly server: MemcachedServerState;
  readonly cache: Cache;
  authenticated: boolean;
  private readonly stream: ByteStream;
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  private buffer: Buffer = Buffer.alloc(0);
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  /** Bytes that must be there before reading can go on. */
  private needed = 1;
  private isBinary: boolean | null = null;
  private pending: Pending | null = null;
  private output: Buffer[] = [];
  private ending = false;

  constructor(server: MemcachedServerState, stream: ByteStream) {
    this.server = server;
    this.cache = server.cache;
    this.stream = stream;
    this.writer = stream.writable.getWriter();
    this.authenticated = server.user === null;
  }

  /** Serves the client until it or the server ends the connection. */
  async serve(): Promise<void> {
    this.server.opened(this);
    const reader = this.stream.readable.getReader();
    // Answers are written while the next commands are read: both ends may begin by talking.
    let writing: Promise<unknown> = Promise.resolve();
    try {
      while (!this.ending) {
        // A broken connection is an ended one: there is nobody left to tell.
        const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }) as const);
        if (done) break;
        this.push(value);
        this.execute();
        if (this.output.length === 0) continue;
        const bytes = Buffer.concat(this.output);
        this.output = [];
        await writing;
        writing = this.writer.write(bytes).catch(() => this.end());
      }
    } finally {
      this.server.closed(this);
      await writing;
      await Promise.allSettled([reader.cancel(), this.writer.close()]);
      await this.stream.close().catch(() => {});
    }
  }

  end(): void {
    this.ending = true;
  }

  login(credentials: string): string {
    this.authenticated = this.server.accepts(credentials);
    return this.authenticated ? "STORED" : "CLIENT_ERROR authentication failure";
  }

  private push(chunk: Uint8Array): void {
    this.waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.waitingBytes += chunk.byteLength;
  }

  private execute(): void {
    // Chunks are joined only when enough for the next step has come.
    if (this.buffer.length + this.waitingBytes < this.needed) return;
    this.buffer = Buffer.concat([this.buffer, ...this.waiting]);
    this.waiting = [];
    this.waitingBytes = 0;
    this.isBinary ??= this.buffer[0] === REQUEST_MAGIC;
    this.needed = 1;
    while (!this.ending && (this.isBinary ? this.nextRequest() : this.nextText())) this.needed = 1;
  }

  /** Executes the next binary request; false: more bytes are needed. */
  private nextRequest(): boolean {
    if (this.buffer.length < HEADER_BYTES) return this.need(HEADER_BYTES);
    const length = requestLength(this.buffer);
    if (this.buffer[0] !== REQUEST_MAGIC || length > LONGEST_REQUEST) {
      this.end();
      return false;
    }
    if (this.buffer.length < length) return this.need(length);
    this.output.push(...executeRequest(this, this.take(length)));
    return true;
  }

  /** Executes the next line, or takes the data that the last one announced. */
  private nextText(): boolean {
    if (this.pending) return this.takeData(this.pending);
    const end = this.buffer.indexOf(10);
    if (end < 0) {
      if (this.buffer.length > LONGEST_LINE) {
        this.answer("CLIENT_ERROR line too long");
        this.end();
      }
      return this.need(this.buffer.length + 1);
    }
    const answer = executeLine(
      this,
      this.take(end + 1)
        .toString("latin1")
        .replace(/\r?\n$/, ""),
    );
    if (answer !== null && typeof answer === "object" && "bytes" in answer) this.pending = answer;
    else this.answer(answer);
    return true;
  }

  private takeData(pending: Pending): boolean {
    const length = pending.bytes + LINE_BREAK.length;
    if (this.buffer.length < length) return this.need(length);
    this.pending = null;
    const data = this.take(length);
    if (pending.store === undefined) this.answer("SERVER_ERROR object too large for cache");
    else if (!data.subarray(pending.bytes).equals(LINE_BREAK)) this.answer("CLIENT_ERROR bad data chunk");
    else {
      // A copy: the chunk it came in would stay in memory with it.
      const answer = pending.store(Buffer.from(data.subarray(0, pending.bytes)));
      if (!pending.noreply && answer !== "") this.answer(answer);
    }
    return true;
  }

  private answer(answer: string | Buffer | null): void {
    if (answer === null) return;
    if (typeof answer === "string") this.output.push(Buffer.from(answer, "latin1"), LINE_BREAK);
    else this.output.push(answer);
  }

  private need(bytes: number): false {
    this.needed = bytes;
    return false;
  }

  private take(length: number): Buffer {
    const bytes = this.buffer.subarray(0, length);
    this.buffer = this.buffer.subarray(length);
    return bytes;
  }
}
