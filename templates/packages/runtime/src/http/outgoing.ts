import { STATUS_CODES, type OutgoingHttpHeader, type OutgoingHttpHeaders } from "node:http";
import { Writable } from "node:stream";
import { codedError } from "../errors";
import type { Socket } from "../net/socket";
import { validateHeaderName, validateHeaderValue } from "./headers";

type Callback = (error?: Error | null) => void;
type Chunk = string | Uint8Array;

/** Node's `http.OutgoingMessage`: header fields, and a body that makes the head go out with its first byte. */
export class OutgoingMessage extends Writable {
  /** The head as text once it is fixed, else null. Middleware (compression, on-headers, morgan) looks at it. */
  _header: string | null = null;
  _hasBody = true;
  _fields = new Map<string, [name: string, value: OutgoingHttpHeader]>();
  /** Length of the body where `end()` brought all of it. */
  _contentLength: number | null = null;
  finished = false;
  sendDate = true;
  shouldKeepAlive = true;
  chunkedEncoding = false;
  useChunkedEncodingByDefault = true;
  strictContentLength = false;
  maxRequestsOnConnectionReached = false;
  /** Makes the socket when it is first asked for. */
  _makeSocket: (() => Socket) | undefined;
  _socket: Socket | null = null;

  constructor(options: { autoDestroy?: boolean } = {}) {
    super({ highWaterMark: 64 * 1024, autoDestroy: options.autoDestroy ?? true });
  }

  get socket(): Socket | null {
    return (this._socket ??= this._makeSocket?.() ?? null);
  }

  set socket(socket: Socket | null) {
    this._socket = socket;
  }

  get connection(): Socket | null {
    return this.socket;
  }

  get headersSent(): boolean {
    return this._header !== null;
  }

  /** Old name of the fields; some middleware still asks for it. */
  get _headers(): OutgoingHttpHeaders {
    return this.getHeaders();
  }

  setHeader(name: string, value: OutgoingHttpHeader | readonly string[]): this {
    this._assertHeadersOpen("set");
    validateHeaderName(name);
    for (const item of Array.isArray(value) ? value : [value]) validateHeaderValue(name, item);
    this._fields.set(name.toLowerCase(), [name, value as OutgoingHttpHeader]);
    return this;
  }

  setHeaders(headers: Headers | Map<string, OutgoingHttpHeader>): this {
    this._assertHeadersOpen("set");
    const cookies: string[] = [];
    for (const [name, value] of headers as Iterable<[string, OutgoingHttpHeader]>) {
      if (name.toLowerCase() === "set-cookie") cookies.push(...[value].flat().map(String));
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader("set-cookie", cookies);
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    const known = this._fields.get(name.toLowerCase());
    return this.setHeader(name, known ? [known[1], value].flat().map(String) : value);
  }

  getHeader(name: string): OutgoingHttpHeader | undefined {
    return this._fields.get(String(name).toLowerCase())?.[1];
  }

  getHeaders(): OutgoingHttpHeaders {
    const headers = Object.create(null) as OutgoingHttpHeaders;
    for (const [lower, [, value]] of this._fields) headers[lower] = value;
    return headers;
  }

  getHeaderNames(): string[] {
    return [...this._fields.keys()];
  }

  getRawHeaderNames(): string[] {
    return [...this._fields.values()].map(([name]) => name);
  }

  hasHeader(name: string): boolean {
    return this._fields.has(String(name).toLowerCase());
  }

  removeHeader(name: string): void {
    this._assertHeadersOpen("remove");
    this._fields.delete(String(name).toLowerCase());
  }

  /** Trailers do not exist in fetch; nothing in a response of a Worker could carry them. */
  addTrailers(): void {}

  flushHeaders(): void {
    if (!this._header) this._implicitHeader();
    this._begin();
  }

  setTimeout(ms: number, callback?: () => void): this {
    if (callback) this.on("timeout", callback);
    this.socket?.setTimeout(ms);
    return this;
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Callback | null, callback?: Callback): boolean {
    const done = typeof encoding === "function" ? encoding : callback;
    if (this.writableEnded || this.destroyed) return this._writeBody(chunk as Chunk, encoding, done);
    assertChunk(chunk);
    if (!this._header) this._implicitHeader();
    if (!this._hasBody) {
      if (done) process.nextTick(done);
      return true;
    }
    return this._writeBody(chunk, encoding, done);
  }

  override end(chunk?: unknown, encoding?: BufferEncoding | Callback | null, callback?: Callback): this {
    const done = [chunk, encoding, callback].find((argument): argument is Callback => typeof argument === "function");
    const body = typeof chunk === "function" ? undefined : (chunk as Chunk | null | undefined);
    const isText = typeof encoding === "string" ? encoding : undefined;
    if (!this.writableEnded && !this.destroyed) {
      if (body !== undefined && body !== null) assertChunk(body);
      if (!this._header) {
        this._contentLength = body ? Buffer.byteLength(body as string, isText) : 0;
        this._implicitHeader();
      }
    }
    this.finished = true;
    const send = body !== undefined && body !== null && this._hasBody ? body : undefined;
    if (send === undefined) super.end(done as () => void);
    else if (isText) super.end(send, isText, done as () => void);
    else super.end(send, done as () => void);
    return this;
  }

  _writeBody(chunk: Chunk, encoding: unknown, done: Callback | undefined): boolean {
    return typeof encoding === "string"
      ? super.write(chunk, encoding as BufferEncoding, done)
      : super.write(chunk, done);
  }

  /** Fixes the head from what has been set so far. */
  _implicitHeader(): void {
    throw codedError("ERR_METHOD_NOT_IMPLEMENTED", "The _implicitHeader() method is not implemented");
  }

  /** Sends the head, if it has not gone out yet. */
  _begin(): void {}

  _assertHeadersOpen(verb: string): void {
    if (!this._header) return;
    throw codedError("ERR_HTTP_HEADERS_SENT", `Cannot ${verb} headers after they are sent to the client`);
  }

  /** The text of the head, as Node would put it on the wire. */
  _renderHeader(firstLine: string): string {
    let text = `${firstLine}\r\n`;
    for (const [name, value] of this._fields.values()) {
      for (const item of [value].flat()) text += `${name}: ${item}\r\n`;
    }
    return `${text}\r\n`;
  }
}

/** The standard phrase of a status, or "unknown" as Node says. */
export function statusText(status: number): string {
  return STATUS_CODES[status] ?? "unknown";
}

function assertChunk(chunk: unknown): asserts chunk is Chunk {
  if (chunk === null) throw codedError("ERR_STREAM_NULL_VALUES", "May not write null values to stream", TypeError);
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return;
  const received = chunk === undefined ? "undefined" : `type ${typeof chunk}`;
  throw codedError(
    "ERR_INVALID_ARG_TYPE",
    `The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ${received}`,
    TypeError,
  );
}
