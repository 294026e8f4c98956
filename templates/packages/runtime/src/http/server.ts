import { Server as TcpServer } from "../net/server";
import { Socket } from "../net/socket";
import type { Host } from "../host";
import type { ByteStream } from "../transport";
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
    for (const socket of [...this._sockets]) socket.destroy();
  }

  /** Every connection carries one request, so none is ever idle. */
  closeIdleConnections(): void {}

  /** Hands a request to the app and resolves with the head of its answer. */
  _serve(request: Request): Promise<Response> {
    const upgrading = isUpgrade(request) && this.listenerCount("upgrade") > 0;
    const socket = this._adopt(
      upgrading ? new UpgradeSocket(this._host) : new Socket({ host: this._host, allowHalfOpen: true }),
      request,
    );
    const message = new this._IncomingMessage(socket);
    message.method = request.method;
    message.url = requestTarget(request.url);
    this._host.guard(() => this.emit("connection", socket));
    if (socket instanceof UpgradeSocket) {
      fillMessage(message, completeHandshake(request.headers), null);
      message.upgrade = true;
      this._host.guard(() => this.emit("upgrade", message, socket, Buffer.alloc(0)));
      return socket.answer;
    }
    fillMessage(message, request.headers, request.body as ReadableStream<Uint8Array> | null);
    if (request.body) declareBody(message);
    return new Promise<Response>((resolve) => {
      const response = new this._ServerResponse(message);
      response._deliver = resolve;
      response.assignSocket(socket);
      this._bindLifetimes(message, response, socket);
      this._host.guard(() => this.emit("request", message, response));
    });
  }

  /** One of the three ending ends the others, as on a connection that carries one request. */
  _bindLifetimes(message: IncomingMessage, response: ServerResponse, socket: Socket): void {
    response.once("finish", () => {
      if (!message.readableEnded && !message.destroyed) message._dump();
    });
    response.once("close", () => {
      if (!response.writableFinished) message._abort();
      response.detachSocket();
      socket.destroy();
    });
    socket.once("close", () => {
      if (!response.writableFinished) response.destroy();
    });
    socket.on("timeout", () => {
      const heard = [message.emit("timeout"), response.emit("timeout", socket), this.emit("timeout", socket)];
      if (!heard.includes(true)) socket.destroy();
    });
    if (this.timeout > 0) socket.setTimeout(this.timeout);
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
    this._sockets.add(socket);
    socket.once("close", () => this._released(socket));
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
