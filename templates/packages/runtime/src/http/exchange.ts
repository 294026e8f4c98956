import { Socket } from "../net/socket";
import type { IncomingMessage } from "./incoming";
import type { ServerResponse } from "./response";
import type { Server } from "./server";

/** What the two sides of a stream keep of themselves. */
interface StreamState {
  destroyed: boolean;
  closed: boolean;
  closeEmitted: boolean;
}

/**
 * The connection of a request: it has addresses and can be destroyed; the bytes go another way.
 */
class RequestSocket extends Socket {
  _whenDestroyed: (() => void) | undefined;

  /** Ends it after its request. Where nobody waits for 'close' the steps of a stream's end, a microtask each, are left out. */
  _release(): void {
    this._whenDestroyed = undefined;
    clearTimeout(this._idleTimer);
    if (this.destroyed || this.listenerCount("close") > 0 || this.listenerCount("end") > 0) {
      this.destroy();
      return;
    }
    const { _readableState, _writableState } = this as unknown as Record<string, StreamState>;
    for (const state of [_readableState, _writableState]) {
      Object.assign(state as StreamState, { destroyed: true, closed: true, closeEmitted: true });
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this._whenDestroyed?.();
    super._destroy(error, callback);
  }
}

/**
 * One request and its answer: on Node, a connection that carries just them.
 *
 * Many apps never look at the connection, so its socket is made when somebody does.
 */
export class Exchange {
  readonly #server: Server;
  readonly #request: Request;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #socket: RequestSocket | undefined;
  #over = false;

  constructor(server: Server, request: Request, message: IncomingMessage, response: ServerResponse) {
    this.#server = server;
    this.#request = request;
    this.#message = message;
    this.#response = response;
    const socket = () => this.socket;
    message._makeSocket = socket;
    response._makeSocket = socket;
    response._exchange = this;
  }

  get socket(): Socket {
    return (this.#socket ??= this.#open());
  }

  #open(): RequestSocket {
    const socket = new RequestSocket({ host: this.#server._host, allowHalfOpen: true });
    this.#server._adopt(socket, this.#request);
    socket._whenDestroyed = () => this.#response.destroy();
    socket.on("timeout", () => this.#timedOut(socket));
    if (this.#over) socket._release();
    return socket;
  }

  #timedOut(socket: Socket): void {
    const server = this.#server;
    const heard = [
      this.#message.emit("timeout"),
      this.#response.emit("timeout", socket),
      server.emit("timeout", socket),
    ];
    if (!heard.includes(true)) socket.destroy();
  }

  /** Runs a part of the answer's end that calls into the app. */
  guard(work: () => void): void {
    this.#server._host.guard(work);
  }

  /** The answer is complete: what is left of the request is nobody's any more. */
  finished(): void {
    if (!this.#message.readableEnded && !this.#message.destroyed) this.#message._dump();
  }

  /** The answer is over, complete or not, and the connection with it. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#response.writableFinished) this.#message._abort();
    this.#response.detachSocket();
    this.#socket?._release();
    this.#server._closed(this);
  }

  /** Ends it from the server's side. */
  destroy(): void {
    this.#response.destroy();
  }
}
