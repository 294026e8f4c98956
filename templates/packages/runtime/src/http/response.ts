import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";
import { codedError, connectionReset } from "../errors";
import type { Socket } from "../net/socket";
import { toFetchHeaders } from "./headers";
import type { Exchange } from "./exchange";
import type { IncomingMessage } from "./incoming";
import { OutgoingMessage, statusText } from "./outgoing";
import { UpgradeSocket } from "./upgrade";
import { Response } from "../native";

type HeaderList = OutgoingHttpHeaders | OutgoingHttpHeader[] | [string, OutgoingHttpHeader][];

type Done = (error?: Error) => void;

/** What a Writable of workerd's, which is Node's, keeps of itself. */
interface WritableState {
  ending: boolean;
  ended: boolean;
  finished: boolean;
  destroyed: boolean;
  closed: boolean;
  closeEmitted: boolean;
}

/** Statuses whose answer has no body, whatever the app writes. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Node's `http.ServerResponse`, which becomes a fetch `Response`.
 *
 * An answer that `end()` brings in one piece becomes a Response with that body. Otherwise the Response starts with the first
 * write and the body is a stream whose writes wait for the reader, so that `write()` returns false and 'drain' comes as with a
 * slow client of Node's.
 */
export class ServerResponse extends OutgoingMessage {
  statusCode = 200;
  statusMessage: string | undefined;
  req: IncomingMessage;
  /** Where the Response goes. A response without it (light-my-request makes such) keeps its body to itself. */
  _deliver: ((response: Response) => void) | undefined;
  /** What this is the answer of, when a server serves it. */
  _exchange: Exchange | undefined;
  _writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  _begun = false;

  constructor(req: IncomingMessage) {
    super();
    this.req = req;
    if (req.method === "HEAD") this._hasBody = false;
  }

  assignSocket(socket: Socket): void {
    this.socket = socket;
    // A response that an app makes itself for an upgrade it does not want (@fastify/websocket routes it like any request).
    if (!this._deliver && socket instanceof UpgradeSocket) this._deliver = socket._answer;
    this.emit("socket", socket);
  }

  detachSocket(): void {
    this._makeSocket = undefined;
    this.socket = null;
  }

  /** Interim answers have no counterpart in fetch. */
  writeContinue(callback?: () => void): void {
    callback?.();
  }

  writeProcessing(callback?: () => void): void {
    callback?.();
  }

  writeEarlyHints(_hints: unknown, callback?: () => void): void {
    callback?.();
  }

  writeHead(status: number, reason?: string | HeaderList, headers?: HeaderList): this {
    if (this._header)
      throw codedError("ERR_HTTP_HEADERS_SENT", "Cannot write headers after they are sent to the client");
    const code = status | 0;
    if (code < 100 || code > 999)
      throw codedError("ERR_HTTP_INVALID_STATUS_CODE", `Invalid status code: ${status}`, RangeError);
    if (typeof reason === "string") this.statusMessage = reason;
    else headers ??= reason;
    this.statusMessage ||= statusText(code);
    // eslint-disable-next-line no-control-regex
    if (/[^\t\x20-\x7e\x80-\xff]/.test(this.statusMessage)) {
      throw codedError("ERR_INVALID_CHAR", "Invalid character in statusMessage", TypeError);
    }
    this.statusCode = code;
    if (headers) this._setAll(headers);
    if (BODILESS.has(code) || code < 200) this._hasBody = false;
    this._header = this._renderHeader(`HTTP/1.1 ${code} ${this.statusMessage}`);
    return this;
  }

  writeHeader(status: number, reason?: string | HeaderList, headers?: HeaderList): this {
    return this.writeHead(status, reason, headers);
  }

  override _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const done = [chunk, encoding, callback].find((argument) => typeof argument === "function") as Done | undefined;
    const body = chunk === null || typeof chunk === "function" ? undefined : chunk;
    if (this.finished && body === undefined) {
      if (!this.writableFinished) done && this.once("finish", done);
      else done?.(codedError("ERR_STREAM_ALREADY_FINISHED", "Cannot call end after a stream was finished"));
      return this;
    }
    const isFirst = !this._begun && !this.writableEnded && !this.destroyed && this.writableLength === 0;
    const isWhole = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    if (!this._deliver || !isFirst || !isWhole) return super.end(chunk, encoding as never, callback as never);
    const isNamed = typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8";
    // Bytes are copied: the app may use its buffer again.
    this._endWhole(typeof body === "string" ? Buffer.from(body, isNamed) : new Uint8Array(body ?? []), done);
    return this;
  }

  /**
   * Answers with a body that came in one piece. Nothing is left to stream, so the steps of a Writable (write, final, finish,
   * destroy, close), each of which queues a microtask of workerd's, are taken at once.
   */
  _endWhole(body: Uint8Array, done: Done | undefined): void {
    if (!this._header) {
      this._contentLength = body.byteLength;
      this._implicitHeader();
    }
    this.finished = true;
    if (done) this.once("finish", done);
    const state = (this as unknown as { _writableState: WritableState })._writableState;
    state.ending = true;
    state.ended = true;
    state.finished = true;
    this._respond(this._hasBody ? this._wholeBody(body) : null);
    this.emit("prefinish");
    void Promise.resolve().then(() => this._guard(() => this._finishWhole(state)));
  }

  _finishWhole(state: WritableState): void {
    if (this.destroyed) return;
    this._exchange?.finished();
    this.emit("finish");
    const close = () => {
      if (state.closed) return;
      state.destroyed = true;
      this._exchange?.close();
      state.closed = true;
      state.closeEmitted = true;
      this.emit("close");
    };
    if (this.listenerCount("close") > 0) process.nextTick(() => this._guard(close));
    else close();
  }

  /** Calls into the app at the end of an answer. */
  _guard(work: () => void): void {
    if (this._exchange) this._exchange.guard(work);
    else work();
  }

  _setAll(headers: HeaderList): void {
    if (!Array.isArray(headers)) {
      for (const [name, value] of Object.entries(headers)) this.setHeader(name, value as OutgoingHttpHeader);
      return;
    }
    const flat = Array.isArray(headers[0])
      ? (headers as [string, OutgoingHttpHeader][]).flatMap(([name, value]) => [name, value])
      : headers;
    if (flat.length % 2 !== 0)
      throw codedError("ERR_INVALID_ARG_VALUE", "The argument 'headers' is invalid", TypeError);
    for (let index = 0; index < flat.length; index += 2) this.removeHeader(String(flat[index]));
    for (let index = 0; index < flat.length; index += 2) {
      this.appendHeader(String(flat[index]), [flat[index + 1] as OutgoingHttpHeader].flat().map(String));
    }
  }

  /** Starts the answer with a body that is still to come. */
  override _begin(): void {
    if (this._begun) return;
    if (!this._hasBody) return this._respond(null);
    const length = this._declaredLength();
    const body = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
    this._writer = body.writable.getWriter();
    this._writer.closed.catch(() => this._disconnected());
    this._respond(body.readable);
  }

  _respond(body: ReadableStream<Uint8Array> | Uint8Array | null): void {
    this._begun = true;
    const headers = toFetchHeaders(this._fields.values());
    // workerd would add it on the way out, but readers inside the project see the answer as it is here.
    if (body instanceof Uint8Array) headers.set("content-length", String(body.byteLength));
    const encoding = this.getHeader("content-encoding") ?? null;
    const init: ResponseInit = { status: this.statusCode, headers };
    if (this.statusMessage && this.statusMessage !== "unknown") init.statusText = this.statusMessage;
    // The app has compressed the body itself; without this workerd would do it once more.
    if (encoding !== null && encoding !== "identity") init.encodeBody = "manual";
    try {
      this._deliver?.(new Response(body as BodyInit | null, init));
    } catch (error) {
      console.error(`status ${this.statusCode} cannot be sent by a Worker: ${String(error)}`);
      this._deliver?.(new Response("Bad Gateway\n", { status: 502 }));
    }
  }

  /** The body that `end()` brought. Its length is told only where Node knows it before the head is fixed. */
  _wholeBody(bytes: Uint8Array): Uint8Array | ReadableStream<Uint8Array> {
    if (this._contentLength !== null || this._declaredLength() !== undefined) return bytes;
    return new ReadableStream({
      start(controller) {
        if (bytes.byteLength > 0) controller.enqueue(bytes);
        controller.close();
      },
    });
  }

  _declaredLength(): number | undefined {
    const declared = this.getHeader("content-length");
    const length = Number(declared);
    return declared !== undefined && Number.isSafeInteger(length) && length >= 0 ? length : undefined;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (!this._deliver) return callback();
    this._begin();
    if (!this._writer) return callback();
    this._writer.write(chunk).then(
      () => callback(),
      () => {
        this._disconnected();
        callback();
      },
    );
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (!this._header) this._implicitHeader();
    if (!this._begun) this._respond(this._hasBody ? this._wholeBody(new Uint8Array(0)) : null);
    if (!this._writer) {
      this._exchange?.finished();
      return callback();
    }
    this._writer.close().then(
      () => {
        this._exchange?.finished();
        callback();
      },
      (error: unknown) => {
        if (this._declaredLength() !== undefined)
          console.error(`the body does not have its declared length: ${String(error)}`);
        this._disconnected();
        callback();
      },
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.writableFinished) {
      if (!this._begun) this._deliver?.(new Response("Bad Gateway\n", { status: 502 }));
      else this._writer?.abort(error ?? connectionReset()).catch(() => {}); // the client may be gone
      this._begun = true;
    }
    this._exchange?.close();
    callback(error);
  }

  /** The client went away: as with Node, 'close' comes without 'finish', and no error. */
  _disconnected(): void {
    if (this.destroyed || this.writableFinished) return;
    this.destroy();
  }
}
