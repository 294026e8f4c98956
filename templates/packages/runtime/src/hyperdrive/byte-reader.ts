const EMPTY = Buffer.alloc(0);

/** Reads a stream in pieces of known length, as login protocols need it, and gives back what was read too far. */
export class ByteReader {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private buffer: Buffer = EMPTY;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.reader = stream.getReader();
  }

  /** Exactly `count` bytes. Throws a ConnectionEnded when the stream ends before. */
  async take(count: number): Promise<Buffer> {
    const taken = await this.peek(count);
    this.buffer = this.buffer.subarray(count);
    return taken;
  }

  /** The next `count` bytes, which stay to be taken. Throws a ConnectionEnded when the stream ends before. */
  async peek(count: number): Promise<Buffer> {
    while (this.buffer.length < count) await this.fill();
    return this.buffer.subarray(0, count);
  }

  /** What has arrived, at least one byte and at most `limit`. Throws a ConnectionEnded at the end of the stream. */
  async some(limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
    if (this.buffer.length === 0) await this.fill();
    return this.take(Math.min(limit, this.buffer.length));
  }

  /** Puts bytes back, before those that are still to be taken. */
  giveBack(bytes: Buffer): void {
    this.buffer = this.buffer.length === 0 ? bytes : Buffer.concat([bytes, this.buffer]);
  }

  /** Ends reading for good, also where a read is still waiting. */
  async cancel(reason?: unknown): Promise<void> {
    await this.reader.cancel(reason);
  }

  private async fill(): Promise<void> {
    const { value, done } = await this.reader.read();
    if (done) throw new ConnectionEnded();
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
  }

  /** Ends reading in pieces: returns the bytes already received beyond the last piece and frees the stream. */
  release(): Buffer {
    const rest = this.buffer;
    this.buffer = EMPTY;
    this.reader.releaseLock();
    return rest;
  }
}

/** The other side hung up in the middle of the login. */
export class ConnectionEnded extends Error {
  constructor() {
    super("the connection ended during the login");
    this.name = "ConnectionEnded";
  }
}
