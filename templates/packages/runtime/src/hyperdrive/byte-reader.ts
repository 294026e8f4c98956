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
    while (this.buffer.length < count) {
      const { value, done } = await this.reader.read();
      if (done) throw new ConnectionEnded();
      const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    }
    const taken = this.buffer.subarray(0, count);
    this.buffer = this.buffer.subarray(count);
    return taken;
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
