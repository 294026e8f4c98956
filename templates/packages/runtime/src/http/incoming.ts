import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { connectionReset } from "../errors";
import type { Socket } from "../net/socket";
import { parseRawHeaders, parseRawHeadersDistinct, toRawHeaders } from "./headers";

/** What somebody who waits for a message listens for. */
const MESSAGE_EVENTS = ["end", "close", "data", "readable", "error", "aborted"];

/**
 * A request as the server sees it, or a response as the client sees it: Node's `http.IncomingMessage` over a fetch body.
 *
 * workerd has a class of this name. It isn't used: its `pipe` ignores backpressure, and `close` comes before `finish`.
 */
export class IncomingMessage extends Readable {
  httpVersion = "1.1";
  httpVersionMajor = 1;
  httpVersionMinor = 1;
  complete = false;
  aborted = false;
  upgrade = false;
  joinDuplicateHeaders = false;
  url = "";
  method: string | null = null;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  rawHeaders: string[] = [];
  rawTrailers: string[] = [];
  trailers: Record<string, string> = {};
  trailersDistinct: Record<string, string[]> = {};
  /** Makes the socket when it is first asked for. */
  _makeSocket: (() => Socket) | undefined;
  _socket: Socket | undefined;
  /** The response to this request (client side, set by the client). */
  req?: unknown;
  _dumped = false;
  _parsedHeaders: IncomingHttpHeaders | undefined;
  _fetchBody: ReadableStreamDefaultReader<Uint8Array> | undefined;
  _reading = false;

  constructor(socket?: Socket) {
    super({ highWaterMark: 64 * 1024 });
    this._socket = socket;
  }

  get socket(): Socket {
    this._socket ??= this._makeSocket?.();
    return this._socket as Socket;
  }

  set socket(socket: Socket) {
    this._socket = socket;
  }

  get connection(): Socket {
    return this.socket;
  }

  set connection(socket: Socket) {
    this.socket = socket;
  }

  get headers(): IncomingHttpHeaders {
    return (this._parsedHeaders ??= parseRawHeaders(this.rawHeaders));
  }

  set headers(headers: IncomingHttpHeaders) {
    this._parsedHeaders = headers;
  }

  get headersDistinct(): Record<string, string[]> {
    return parseRawHeadersDistinct(this.rawHeaders);
  }

  setTimeout(ms: number, callback?: () => void): this {
    if (callback) this.on("timeout", callback);
    this.socket.setTimeout(ms);
    return this;
  }

  /** Reads the rest and throws it away: nobody is going to ask for it. */
  _dump(): void {
    if (this._dumped) return;
    this._dumped = true;
    if (this._fetchBody === undefined && !this._isAwaited()) {
      this.complete = true; // reading to the end of nothing, for nobody, is what every GET would pay for
      return;
    }
    this.removeAllListeners("data");
    this.resume();
  }

  _isAwaited(): boolean {
    return this.readableFlowing !== null || MESSAGE_EVENTS.some((name) => this.listenerCount(name) > 0);
  }

  /** Ends the message because the other side went away. */
  _abort(): void {
    if (this.destroyed || this.readableEnded) return;
    this.destroy(connectionReset("aborted"));
  }

  override _read(): void {
    if (this._fetchBody === undefined) {
      this.complete = true;
      this.push(null);
      return;
    }
    if (this._reading || this.complete) return;
    this._reading = true;
    void this._pump();
  }

  async _pump(): Promise<void> {
    try {
      for (;;) {
        const part = await this._fetchBody?.read();
        if (this.destroyed) return;
        if (!part || part.done) {
          this.complete = true;
          this.push(null);
          return;
        }
        if (part.value.byteLength > 0 && !this.push(asBuffer(part.value))) return;
      }
    } catch (error) {
      this.destroy(Object.assign(connectionReset("aborted"), { cause: error }));
    } finally {
      this._reading = false;
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit("aborted");
      this._fetchBody?.cancel().catch(() => {}); // the other side may be gone already
    }
    // As in Node: an aborted message is no error to somebody who does not listen for errors.
    if (this.listenerCount("error") === 0) error = null;
    queueMicrotask(() => callback(error));
  }
}

/** Fills a message from the parts of a fetch Request or Response. */
export function fillMessage(message: IncomingMessage, headers: Headers, body: ReadableStream<Uint8Array> | null): void {
  message.rawHeaders = toRawHeaders(headers);
  message._fetchBody = body?.getReader();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
