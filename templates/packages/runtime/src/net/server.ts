import { EventEmitter } from "node:events";
import realProcess from "node:process";
import { codedError } from "../errors";
import type { Host } from "../host";
import type { ByteStream } from "../transport";
import { readEndpoint } from "./arguments";
import { Socket } from "./socket";

/** Node's `net.Server`: a listener in the app's own port table, reached by the other services' connections. */
export class Server extends EventEmitter {
  maxConnections: number | undefined;
  allowHalfOpen = false;
  _host: Host;
  _port: number | null = null;
  _path: string | null = null;
  _address = "::";
  _sockets = new Set<Socket>();
  _closing = false;

  constructor(host: Host, options?: unknown, listener?: unknown) {
    super();
    this._host = host;
    const onConnection = typeof options === "function" ? options : listener;
    if (typeof onConnection === "function") this.on("connection", onConnection as (socket: Socket) => void);
    if (typeof options === "object" && options !== null) {
      this.allowHalfOpen = Boolean((options as { allowHalfOpen?: boolean }).allowHalfOpen);
    }
  }

  get listening(): boolean {
    return this._port !== null || this._path !== null;
  }

  /** Open connections, as the deprecated property says it. */
  get connections(): number {
    return this._sockets.size;
  }

  listen(...given: unknown[]): this {
    if (this.listening)
      throw codedError("ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
    const { endpoint, callback } = readEndpoint(given);
    if (callback) this.once("listening", callback);
    if (
      endpoint.port !== undefined &&
      (endpoint.port < 0 || endpoint.port > 65535 || !Number.isInteger(endpoint.port))
    ) {
      throw codedError(
        "ERR_SOCKET_BAD_PORT",
        `options.port should be >= 0 and < 65536. Received type number (${endpoint.port}).`,
        RangeError,
      );
    }
    try {
      if (endpoint.path === undefined) this._port = this._host.network.bind(endpoint.port ?? 0, this, endpoint.host);
      else this._path = endpoint.path; // nothing in a Worker dials a Unix socket
    } catch (error) {
      realProcess.nextTick(() => this._host.guard(() => this.emit("error", error)));
      return this;
    }
    this._address = endpoint.host ?? "::";
    realProcess.nextTick(() => {
      if (this.listening) this._host.guard(() => this.emit("listening"));
    });
    return this;
  }

  address(): { address: string; family: string; port: number } | string | null {
    if (this._path !== null) return this._path;
    if (this._port === null) return null;
    const address = this._address === "localhost" ? "127.0.0.1" : this._address;
    return { address, family: address.includes(":") ? "IPv6" : "IPv4", port: this._port };
  }

  close(callback?: (error?: Error) => void): this {
    if (!this.listening) {
      if (callback) {
        const error = codedError("ERR_SERVER_NOT_RUNNING", "Server is not running.");
        realProcess.nextTick(() => this._host.guard(() => callback(error)));
      }
      return this;
    }
    if (callback) this.once("close", callback);
    if (this._port !== null) this._host.network.unbind(this._port);
    this._port = null;
    this._path = null;
    this._closing = true;
    this._closeWhenIdle();
    return this;
  }

  getConnections(callback?: (error: Error | null, count: number) => void): this {
    if (callback) realProcess.nextTick(() => this._host.guard(() => callback(null, this.connections)));
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.listening) await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  /** A connection from another service, or from the app itself, has arrived at this server's port. */
  _connected(stream: ByteStream, remoteAddress: string): void {
    if (this.maxConnections !== undefined && this._sockets.size >= this.maxConnections) {
      this._host.guard(() => this.emit("drop", { remoteAddress, localPort: this._port }));
      void stream.close();
      return;
    }
    const socket = new Socket({ host: this._host, allowHalfOpen: this.allowHalfOpen });
    socket.server = this;
    this._sockets.add(socket);
    socket.once("close", () => this._released(socket));
    socket._accept(stream, remoteAddress, this._port ?? 0);
    this._host.guard(() => this.emit("connection", socket));
  }

  _released(socket: Socket): void {
    this._sockets.delete(socket);
    this._closeWhenIdle();
  }

  _closeWhenIdle(): void {
    if (!this._closing || this.connections > 0) return;
    this._closing = false;
    realProcess.nextTick(() => this._host.guard(() => this.emit("close")));
  }
}
