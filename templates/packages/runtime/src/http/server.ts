import { Server as TcpServer } from "../net/server";
import type { Socket } from "../net/socket";
import type { Host } from "../host";
import type { ByteStream } from "../transport";
import { Exchange } from "./exchange";
import { fillMessage, IncomingMessage } from "./incoming";
import { ServerResponse } from "./response";
import { serveWire } from "./wire";
import { UpgradeSocket, completeHandshake } from "./upgrade";

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** Options of Node's that mean something without a wire; the others are kept as properties for whoever reads them back. */
export interface ServerOptions {
  IncomingMessage?: typeof IncomingMessage;
  ServerResponse?: typeof ServerResponse;
  keepAliveTimeout?: number;
  requestTimeout?: number;
  headersTimeout?: number;
}

/**
 * Node's `http.Server` as a recipient of fetch requests.
 *
 * It sits in the app's own port table: workerd's is one per isolate, and a second instance of the app (after a restart) could
 * not listen on its port again.
 */
export class Server extends TcpServer {
  timeout = 0;
  keepAliveTimeout = 5_000;
  keepAliveTimeoutBuffer = 1_000;
  requestTimeout = 300_000;
  headersTimeout = 60_000;
  connectionsCheckingInterval = 30_000;
  maxHeadersCount: number | null = null;
  maxRequestsPerSocket = 0;
  _IncomingMessage: typeof IncomingMessage;
  _ServerResponse: typeof ServerResponse;
  _exchanges = new Set<Exchange>();

  constructor(host: Host, options?: ServerOptions | RequestListener, listener?: RequestListener) {
    super(host);
    const settings = typeof options === "object" && options !== null ? options : {};
    this._IncomingMessage = settings.IncomingMessage ?? IncomingMessage;
    this._ServerResponse = settings.ServerResponse ?? ServerResponse;
    this.keepAliveTimeout = settings.keepAliveTimeout ?? this.keepAliveTimeout;
    this.requestTimeout = settings.requestTimeout ?? this.requestTimeout;
    this.headersTimeout = settings.headersTimeout ?? this.headersTimeout;
    const onRequest = typeof options === "function" ? options : listener;
    if (onRequest) this.on("request", onRequest);
  }

  setTimeout(ms?: number | (() => void), callback?: () => void): this {
    const listener = typeof ms === "function" ? ms : callback;
    if (typeof ms === "number") this.timeout = ms;
    if (listener) this.on("timeout", listener);
    return this;
  }

  closeAllConnections(): void {
    for (const open of [...this._sockets, ...this._exchanges]) open.destroy();
  }

  override get connections(): number {
    return this._sockets.size + this._exchanges.size;
  }

  /** Every connection carries one request, so none is ever idle. */
  closeIdleConnections(): void {}

  /** Hands a request to the app and resolves with the head of its answer. */
  _serve(request: Request): Promise<Response> {
    const message = new this._IncomingMessage();
    message.method = request.method;
    message.url = requestTarget(request.url);
    if (isUpgrade(request) && this.listenerCount("upgrade") > 0) return this._upgrade(request, message);
    fillMessage(message, request.headers, request.body as ReadableStream<Uint8Array> | null);
    if (request.body) declareBody(message);
    return new Promise<Response>((resolve) => {
      const response = new this._ServerResponse(message);
      response._deliver = resolve;
      const exchange = new Exchange(this, request, message, response);
      this._exchanges.add(exchange);
      if (this.timeout > 0) exchange.socket.setTimeout(this.timeout);
      this._host.guard(() => {
        if (this.listenerCount("connection") > 0) this.emit("connection", exchange.socket);
        this._request(message, response);
      });
      if (!request.body) message.complete = true;
    });
  }

  /** Tells the app of a request; one with an expectation may have a listener of its own. */
  _request(message: IncomingMessage, response: ServerResponse): void {
    const { expect } = message.headers;
    if (expect === undefined) return void this.emit("request", message, response);
    if (/(?:^|\W)100-continue(?:$|\W)/i.test(expect)) {
      // The edge has asked for the body already; an answer with status 100 has no counterpart in fetch.
      if (!this.emit("checkContinue", message, response)) this.emit("request", message, response);
    } else if (!this.emit("checkExpectation", message, response)) {
      response.writeHead(417).end();
    }
  }

  _upgrade(request: Request, message: IncomingMessage): Promise<Response> {
    const socket = this._adopt(new UpgradeSocket(this._host), request);
    this._sockets.add(socket);
    socket.once("close", () => this._released(socket));
    message.socket = socket;
    fillMessage(message, completeHandshake(request.headers), null);
    message.upgrade = true;
    this._host.guard(() => {
      this.emit("connection", socket);
      this.emit("upgrade", message, socket, Buffer.alloc(0));
    });
    return socket.answer;
  }

  /** An exchange is over. */
  _closed(exchange: Exchange): void {
    this._exchanges.delete(exchange);
    this._closeWhenIdle();
  }

  /** Makes a socket the connection of a request: addresses, and a way to end it. The bytes go another way. */
  _adopt<Kind extends Socket>(socket: Kind, request: Request): Kind {
    const forwarded = request.headers.get("x-forwarded-for")?.split(",")[0]?.trim();
    const address = request.headers.get("cf-connecting-ip") ?? (forwarded || "127.0.0.1");
    socket.remoteAddress = address;
    socket.remoteFamily = address.includes(":") ? "IPv6" : "IPv4";
    socket.remotePort = 32768 + Math.floor(Math.random() * 28232);
    socket.localAddress = "10.89.0.2";
    socket.localPort = this._port ?? 0;
    socket.encrypted = request.url.startsWith("https:");
    socket.pending = false;
    socket.server = this;
    socket.on("error", () => {}); // destroy(error) on a connection must not take the process down
    return socket;
  }

  /** A raw connection to a port that serves HTTP: a probe that only looks whether it can connect, or HTTP on the wire. */
  override _connected(stream: ByteStream): void {
    void serveWire(stream, (request) => this._serve(request));
  }
}

/** Path and query as they were sent; URL would normalise them. */
function requestTarget(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const hash = url.indexOf("#", start);
  return hash < 0 ? url.slice(start) : url.slice(start, hash);
}

/** A request that never was on a wire may lack both fields by which body parsers see that there is a body. */
function declareBody({ rawHeaders, headers }: IncomingMessage): void {
  if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return;
  rawHeaders.push("transfer-encoding", "chunked");
  headers["transfer-encoding"] = "chunked";
}

function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}
