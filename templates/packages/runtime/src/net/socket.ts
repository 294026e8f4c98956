import realProcess from "node:process";
import { Duplex } from "node:stream";
import { codedError, systemError } from "../errors";
import type { Host } from "../host";
import type { ByteStream } from "../transport";
import { readEndpoint } from "./arguments";

/** The address that the app's own side of a connection shows. Compose networks hand out addresses like it. */
export const OWN_ADDRESS = "10.89.0.2";

export interface SocketOptions {
  allowHalfOpen?: boolean;
  host?: Host;
}

/**
 * Node's `net.Socket` over a byte stream of Workers.
 *
 * State is kept in plain properties, not in #private ones, so that the class can be called without `new`; see ../callable.
 */
export class Socket extends Duplex {
  connecting = false;
  pending = true;
  encrypted = false;
  bytesRead = 0;
  bytesWritten = 0;
  timeout: number | undefined;
  remoteAddress: string | undefined;
  remoteFamily: string | undefined;
  remotePort: number | undefined;
  localAddress: string | undefined;
  localPort: number | undefined;
  localFamily: string | undefined;
  /** The server that accepted the connection. */
  server?: unknown;
  _host: Host | undefined;
  _stream: ByteStream | undefined;
  _reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  _writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  _whenOpen: (() => void)[] = [];
  _resumeReading: (() => void) | undefined;
  _idleTimer: ReturnType<typeof setTimeout> | undefined;
  /** The other side dialled: nobody waits for "connect" here. */
  _accepted = false;
  /** The stream has been handed to a TLS socket; this object is only its shell. */
  _handedOver = false;

  constructor(options: SocketOptions = {}) {
    super({ allowHalfOpen: options?.allowHalfOpen ?? false, emitClose: true, autoDestroy: true });
    this._host = options?.host;
  }

  connect(...given: unknown[]): this {
    const { endpoint, callback } = readEndpoint(given);
    if (callback) this.once("connect", callback);
    this.connecting = true;
    if (endpoint.path !== undefined) {
      this._failLater(systemError("ENOENT", { syscall: "connect", address: endpoint.path }));
      return this;
    }
    if (endpoint.port === undefined) {
      throw codedError("ERR_MISSING_ARGS", 'The "options" or "port" or "path" argument must be specified', TypeError);
    }
    const { port, host = "localhost" } = endpoint;
    try {
      this._attach(this._open(host, port), host, port);
    } catch (error) {
      this._failLater(error as Error);
    }
    return this;
  }

  /** Opens the byte stream to an address; a TLS socket opens an encrypted one. */
  _open(host: string, port: number): ByteStream {
    if (!this._host) throw new Error("a socket without an app cannot connect");
    return this._host.network.openTcp(host, port, "starttls");
  }

  /** Takes over a stream whose other end is `host:port`, and announces it once it stands. */
  _attach(stream: ByteStream, host: string, port: number): void {
    this.connecting = true;
    this._stream = stream;
    this._reader = stream.readable.getReader();
    this._writer = stream.writable.getWriter();
    this._writer.closed.catch(() => {}); // told by the next write
    this._reader.closed.catch(() => {}); // told by the pending read
    stream.closed.catch(() => {}); // told by the pending read
    const address = this._host?.network.addressOf(host) ?? host;
    this.remoteAddress = address;
    this.remoteFamily = address.includes(":") ? "IPv6" : "IPv4";
    this.remotePort = port;
    this.localAddress = OWN_ADDRESS;
    this.localPort = 32768 + Math.floor(Math.random() * 28000);
    this.localFamily = "IPv4";
    const settled = this._host?.network.beginActivity();
    stream.opened
      .then(
        () => this._guard(() => this._opened(host, address)),
        (cause: unknown) => this._guard(() => this.destroy(openError(cause, address, port))),
      )
      .finally(settled);
  }

  /** Starts as the accepted end of a connection. */
  _accept(stream: ByteStream, remoteAddress: string, localPort: number): void {
    this._accepted = true;
    this._attach(stream, remoteAddress, 32768 + Math.floor(Math.random() * 28000));
    this.localPort = localPort;
    this.connecting = false;
  }

  _opened(host: string, address: string): void {
    if (this.destroyed) return;
    this.connecting = false;
    this.pending = false;
    if (!this._accepted) {
      if (host !== address) this.emit("lookup", null, address, 4, host);
      this._announce();
    }
    const waiting = this._whenOpen;
    this._whenOpen = [];
    for (const start of waiting) start();
    void this._pump();
  }

  _announce(): void {
    this.emit("connect");
    this.emit("ready");
  }

  async _pump(): Promise<void> {
    const reader = this._reader;
    if (!reader) return;
    for (;;) {
      let part: ReadableStreamReadResult<Uint8Array>;
      try {
        part = await reader.read();
      } catch (cause) {
        if (!this._handedOver) this._guard(() => this._lost(cause));
        return;
      }
      if (this.destroyed || this._handedOver) return;
      this._touch();
      if (part.done) {
        this._guard(() => this.push(null));
        return;
      }
      const bytes = Buffer.from(part.value.buffer, part.value.byteOffset, part.value.byteLength);
      this.bytesRead += bytes.byteLength;
      // Set before push: a flowing stream calls _read from inside it.
      const resumed = new Promise<void>((resolve) => (this._resumeReading = resolve));
      if (this._guard(() => this.push(bytes)) === false) await resumed;
      if (this.destroyed || this._handedOver) return;
    }
  }

  _lost(cause: unknown): void {
    if (this.destroyed) return;
    this.destroy(Object.assign(systemError("ECONNRESET", { syscall: "read", cause })));
  }

  override _read(): void {
    this._resumeReading?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this._writeBytes(chunk, callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this._writeBytes(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  _writeBytes(bytes: Buffer, callback: (error?: Error | null) => void): void {
    this._afterOpen(() => {
      this.bytesWritten += bytes.byteLength;
      this._touch();
      if (!this._writer) return callback(); // the socket of an HTTP request: the answer goes another way
      this._writer.write(bytes).then(
        () => this._guard(() => callback()),
        (cause: unknown) => this._guard(() => callback(systemError("EPIPE", { syscall: "write", cause }))),
      );
    });
  }

  override _final(callback: (error?: Error | null) => void): void {
    this._afterOpen(() => {
      const done = () => this._guard(() => callback());
      // The other side may have gone: that is an end as well.
      if (this._writer) this._writer.close().then(done, done);
      else done();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this._idleTimer);
    this.connecting = false;
    this._resumeReading?.();
    if (!this._handedOver) {
      this._reader?.cancel().catch(() => {}); // closing twice is no error to an app
      if (!this.writableFinished) this._writer?.abort().catch(() => {});
      this._stream?.close().catch(() => {});
    }
    callback(error);
  }

  setTimeout(ms: number, callback?: () => void): this {
    this.timeout = ms;
    if (callback) {
      if (ms === 0) this.removeListener("timeout", callback);
      else this.once("timeout", callback);
    }
    this._touch();
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  address(): { address?: string; family?: string; port?: number } {
    if (this.localAddress === undefined || this.localPort === undefined) return {};
    return { address: this.localAddress, family: this.localFamily ?? "IPv4", port: this.localPort };
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  /**
   * "closed" until something connects it, as it was before Node 14: drivers of that time (pg 7) wait for ever on a socket that
   * claims to be open before it is, and their images run the older Node.
   */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.pending) return "closed";
    if (this.readable && this.writable) return "open";
    if (this.readable) return "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  get bufferSize(): number {
    return this.writableLength;
  }

  /** Gives the open stream away, for TLS to go on with it. */
  _handOver(): ByteStream {
    if (!this._stream) throw codedError("ERR_SOCKET_CLOSED", "the socket is not connected");
    this._handedOver = true;
    clearTimeout(this._idleTimer);
    this._reader?.releaseLock();
    this._writer?.releaseLock();
    return this._stream;
  }

  _afterOpen(start: () => void): void {
    if (this.pending) this._whenOpen.push(start);
    else start();
  }

  _failLater(error: Error): void {
    realProcess.nextTick(() => this._guard(() => this.destroy(error)));
  }

  /** Notes traffic: for the start-up gate, and for the idle timeout. */
  _touch(): void {
    this._host?.network.noteActivity();
    clearTimeout(this._idleTimer);
    if (!this.timeout || this.destroyed) return;
    this._idleTimer = setTimeout(() => this._guard(() => this.emit("timeout")), this.timeout);
  }

  _guard<Result>(work: () => Result): Result | undefined {
    return this._host ? this._host.guard(work) : work();
  }
}

/**
 * Node's error for a connection that could not be made. Errors that already look like Node's pass; the platform's own do not say
 * whether the name or the port was wrong.
 */
function openError(cause: unknown, address: string, port: number): NodeJS.ErrnoException {
  if (cause instanceof Error && typeof (cause as NodeJS.ErrnoException).code === "string") return cause;
  console.error(`${address}:${port} could not be reached: ${String(cause)}`);
  return systemError("ECONNREFUSED", { syscall: "connect", address, port, cause });
}
