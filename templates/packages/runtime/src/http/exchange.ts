import { Socket } from "../net/socket";
import type { IncomingMessage } from "./incoming";
import type { ServerResponse } from "./response";
import type { Server } from "./server";

/**
 * One request and its answer: on Node, a connection that carries just them.
 *
 * Most apps never look at the connection, so its socket is made when somebody does. It has addresses and can be destroyed; the
 * bytes go another way.
 */
export class Exchange {
  readonly #server: Server;
  readonly #request: Request;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #socket: Socket | undefined;
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

  #open(): Socket {
    const socket = new Socket({ host: this.#server._host, allowHalfOpen: true });
    this.#server._adopt(socket, this.#request);
    socket.on("close", () => this.#response.destroy());
    socket.on("timeout", () => this.#timedOut(socket));
    if (this.#over) socket.destroy();
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
    this.#socket?.destroy();
    this.#server._closed(this);
  }

  /** Ends it from the server's side. */
  destroy(): void {
    this.#response.destroy();
  }
}
