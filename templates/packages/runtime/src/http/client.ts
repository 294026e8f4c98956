import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";
import { createHash } from "node:crypto";
import realProcess from "node:process";
import { codedError, connectionReset, systemError } from "../errors";
import type { Host } from "../host";
import { Socket } from "../net/socket";
import type { Agent } from "./agent";
import { toFetchHeaders, validateHeaderName } from "./headers";
import { fillMessage, IncomingMessage } from "./incoming";
import { Headers, type Response } from "../native";
import { OutgoingMessage } from "./outgoing";
import { lookedUp, proxyRefusal, type Lookup } from "./route";
import { WebSocketSocket } from "./websocket";

/** The options of `http.request` that have a meaning here. */
export interface RequestOptions {
  protocol?: string | null;
  host?: string | null;
  hostname?: string | null;
  port?: number | string | null;
  defaultPort?: number | string;
  path?: string | null;
  method?: string;
  headers?: OutgoingHttpHeaders | readonly OutgoingHttpHeader[];
  auth?: string | null;
  agent?: Agent | boolean;
  timeout?: number;
  signal?: AbortSignal;
  setHost?: boolean;
  socketPath?: string;
  lookup?: Lookup;
}

type ResponseListener = (response: IncomingMessage) => void;

/**
 * Node's `http.ClientRequest` over the app's fetch.
 *
 * A body that is complete when the head goes out is sent as one piece with its length; otherwise it streams. workerd's class
 * of this name isn't used: it collects every body in memory, joins set-cookie fields, and shows no 'socket' and no error codes,
 * which got, follow-redirects and retry policies rely on.
 */
export class ClientRequest extends OutgoingMessage {
  method: string;
  path: string;
  host: string;
  protocol: string;
  agent: Agent | undefined;
  timeout: number | undefined;
  res: IncomingMessage | null = null;
  aborted = false;
  reusedSocket = false;
  maxHeadersCount: number | null = null;
  _host: Host;
  _url: URL;
  _abortController = new AbortController();
  _chunks: Uint8Array[] = [];
  _started = false;
  _scheduled = false;
  _done = false;
  _bodyWriter: WritableStreamDefaultWriter<Uint8Array> | undefined;
  _settled: () => void;
  _lookup: Lookup | undefined;

  constructor(host: Host, defaultAgent: Agent, options: RequestOptions, listener?: ResponseListener) {
    super({ autoDestroy: false }); // the request is over with its response, not with its body
    this._host = host;
    this.agent = options.agent === false || options.agent === true ? defaultAgent : (options.agent ?? defaultAgent);
    this.protocol = options.protocol ?? this.agent.protocol ?? defaultAgent.protocol;
    const expected = this.agent.protocol ?? defaultAgent.protocol;
    if (this.protocol !== expected) {
      throw codedError(
        "ERR_INVALID_PROTOCOL",
        `Protocol "${this.protocol}" not supported. Expected "${expected}"`,
        TypeError,
      );
    }
    if (options.socketPath) throw systemError("ENOENT", { syscall: "connect", address: options.socketPath });
    this.method = (options.method ?? "GET").toUpperCase();
    validateHeaderName(this.method, "Method");
    this.path = options.path || "/";
    if (/[^\x21-\u00ff]/.test(this.path)) {
      throw codedError("ERR_UNESCAPED_CHARACTERS", "Request path contains unescaped characters", TypeError);
    }
    this.host = options.hostname || options.host || "localhost";
    const defaultPort = Number(options.defaultPort ?? this.agent.defaultPort ?? defaultAgent.defaultPort);
    const port = Number(options.port || defaultPort);
    const bracketed = this.host.includes(":") && !this.host.startsWith("[") ? `[${this.host}]` : this.host;
    this._url = requestUrl(`${this.protocol}//${bracketed}:${port}`, this.path);
    this._setInitialHeaders(options, port === defaultPort ? bracketed : `${bracketed}:${port}`);
    this._lookup = options.lookup;
    if (listener) this.once("response", listener);
    this._settled = host.network.beginActivity();
    this.once("close", () => this._settled());
    this._watch(options.signal);
    this._assignSocket(port);
    const refused = proxyRefusal(this.agent, this._url, this.path);
    if (refused) realProcess.nextTick(() => host.guard(() => this.destroy(refused)));
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
  }

  _setInitialHeaders(options: RequestOptions, hostHeader: string): void {
    const { headers } = options;
    if (Array.isArray(headers)) {
      const flat = (headers as unknown[]).flat() as OutgoingHttpHeader[];
      for (let index = 0; index + 1 < flat.length; index += 2)
        this.setHeader(String(flat[index]), flat[index + 1] as OutgoingHttpHeader);
    } else if (headers) {
      for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined) this.setHeader(name, value as OutgoingHttpHeader);
      }
    }
    if (options.setHost !== false && !this.hasHeader("host")) this.setHeader("Host", hostHeader);
    if (options.auth && !this.hasHeader("authorization")) {
      this.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
    }
  }

  _watch(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const abort = () =>
      this.destroy(
        Object.assign(codedError("ABORT_ERR", "The operation was aborted"), {
          name: "AbortError",
          cause: signal.reason as unknown,
        }),
      );
    if (signal.aborted) return realProcess.nextTick(abort);
    signal.addEventListener("abort", abort, { once: true });
    this.once("close", () => signal.removeEventListener("abort", abort));
  }

  /** There is no connection to show, but packages hang timers and listeners on one. */
  _assignSocket(port: number): void {
    const socket = new Socket({ host: this._host, allowHalfOpen: true });
    socket.pending = false;
    socket.encrypted = this.protocol === "https:";
    socket.remoteAddress = this._host.network.addressOf(this.host) ?? this.host;
    socket.remotePort = port;
    socket.on("error", () => {});
    socket.on("timeout", () => this.emit("timeout"));
    socket.once("close", () => this.destroy());
    this.once("close", () => socket.destroy());
    realProcess.nextTick(() => {
      if (this.destroyed) return;
      this.socket = socket;
      this._host.guard(() => this.emit("socket", socket));
      if (this.timeout !== undefined) socket.setTimeout(this.timeout);
    });
  }

  onSocket(): void {}

  override setTimeout(ms: number, callback?: () => void): this {
    this.timeout = ms;
    if (callback) this.once("timeout", callback);
    this.socket?.setTimeout(ms);
    return this;
  }

  clearTimeout(callback?: () => void): this {
    return this.setTimeout(0, callback);
  }

  setNoDelay(): void {}

  setSocketKeepAlive(): void {}

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    realProcess.nextTick(() => this._host.guard(() => this.emit("abort")));
    this.destroy();
  }

  override _implicitHeader(): void {
    this._header = this._renderHeader(`${this.method} ${this.path} HTTP/1.1`);
    if (this.getHeader("expect")) realProcess.nextTick(() => this._host.guard(() => this.emit("continue")));
  }

  override _begin(): void {
    this._start(false);
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this._bodyWriter) {
      this._bodyWriter.write(chunk).then(
        () => callback(),
        () => callback(),
      ); // a failure shows as the fetch's error
      return;
    }
    this._chunks.push(Buffer.from(chunk));
    if (!this._scheduled) {
      // Most callers write and end in one turn; then the body is known whole.
      this._scheduled = true;
      setTimeout(() => {
        if (!this.writableEnded) this._start(false);
      }, 0);
    }
    callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (!this._header) this._implicitHeader();
    if (!this._started) {
      this._start(true);
      return callback();
    }
    if (!this._bodyWriter) return callback();
    this._bodyWriter.close().then(
      () => callback(),
      () => callback(),
    );
  }

  /** Sends the request; `complete` says that all of the body is in hand. */
  _start(complete: boolean): void {
    if (this._started || this.destroyed) return;
    this._started = true;
    const headers = toFetchHeaders(this._fields.values());
    headers.delete("expect");
    const body = this._takeBody(complete);
    if (body instanceof Uint8Array) headers.set("content-length", String(body.byteLength));
    const wantsUpgrade = String(this.getHeader("upgrade") ?? "").toLowerCase() === "websocket";
    if (wantsUpgrade) {
      headers.set("upgrade", "websocket");
      for (const name of ["key", "version", "extensions"]) headers.delete(`sec-websocket-${name}`);
    }
    const init = {
      method: this.method,
      headers,
      body,
      signal: this._abortController.signal,
      redirect: "manual",
      encodeResponseBody: "manual",
    } satisfies RequestInit;
    if (!this._lookup) return this._send(this._url, init);
    lookedUp(this._lookup, this._url, this._host).then(
      (url) => this._send(url, init),
      (error: unknown) => this._host.guard(() => this.destroy(error as Error)),
    );
  }

  _send(url: URL, init: RequestInit): void {
    this._host.network.fetch(url, init).then(
      (response) => this._host.guard(() => this._received(response)),
      (error: unknown) => this._host.guard(() => this._failed(error)),
    );
  }

  _takeBody(complete: boolean): Uint8Array | ReadableStream<Uint8Array> | null {
    const chunks = this._chunks;
    this._chunks = [];
    if (complete) return chunks.length > 0 ? Buffer.concat(chunks) : null;
    if (this.method === "GET" || this.method === "HEAD") return null;
    const length = this.getHeader("content-length");
    const stream = length === undefined ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
    this._bodyWriter = stream.writable.getWriter();
    this._bodyWriter.closed.catch(() => {});
    for (const chunk of chunks) this._bodyWriter.write(chunk).catch(() => {});
    return stream.readable;
  }

  _received(response: Response): void {
    if (this.destroyed) {
      response.body?.cancel().catch(() => {});
      return;
    }
    const message = new IncomingMessage(this.socket ?? new Socket({ host: this._host }));
    message.statusCode = response.status;
    message.statusMessage = response.statusText;
    message.req = this;
    this.res = message;
    if (response.webSocket) return this._upgraded(message, response, response.webSocket);
    fillMessage(message, response.headers, response.body as ReadableStream<Uint8Array> | null);
    for (const end of ["end", "close"]) message.once(end, () => this._finished());
    if (!this.emit("response", message)) message._dump();
  }

  _upgraded(message: IncomingMessage, response: Response, webSocket: WebSocket): void {
    const socket = new WebSocketSocket(this._host, false);
    socket._join(webSocket);
    // The platform has made a handshake of its own; the library has to see the answer to the one it asked for.
    const headers = new Headers(response.headers);
    headers.delete("sec-websocket-extensions");
    headers.set("connection", "Upgrade");
    headers.set("upgrade", "websocket");
    headers.set("sec-websocket-accept", this._acceptKey());
    fillMessage(message, headers, null);
    message.upgrade = true;
    if (!this.emit("upgrade", message, socket, Buffer.alloc(0))) socket.destroy();
    this._finished();
  }

  /** What a server answers to the key this request has sent (RFC 6455, section 4.2.2). */
  _acceptKey(): string {
    const key = String(this.getHeader("sec-websocket-key") ?? "");
    return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  }

  _failed(error: unknown): void {
    if (this.destroyed) return;
    this.destroy(asRequestError(error));
  }

  /** The exchange is complete; a WebSocket that it led to goes on without the request. */
  _finished(): void {
    this._done = true;
    if (!this.destroyed) this.destroy();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this._done) this._abortController.abort();
    const answered = this.res !== null;
    if (answered && this.res) {
      if (error && !this.res.readableEnded) this.res.destroy(error);
      else if (!this.res.complete) this.res._abort();
    }
    callback(error ?? (answered ? null : connectionReset()));
  }
}

/** The URL of a request; an absolute path target ("http://…", as for a proxy) stays a path. */
function requestUrl(origin: string, path: string): URL {
  return new URL(`${origin}${path.startsWith("/") ? "" : "/"}${path}`);
}

/** Node's error for a request that got no answer. What the platform says about servers outside does not tell more than that. */
function asRequestError(error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && typeof (cause as NodeJS.ErrnoException).code === "string") return cause;
  return Object.assign(connectionReset(), { cause: error });
}
