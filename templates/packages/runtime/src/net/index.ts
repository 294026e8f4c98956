import realNet from "node:net";
import { callable } from "../callable";
import type { Host } from "../host";
import { Server } from "./server";
import { Socket, type SocketOptions } from "./socket";

/** The app's `node:net`. */
export function createNet(host: Host): Record<string, unknown> {
  class AppSocket extends Socket {
    constructor(options?: SocketOptions) {
      super({ ...options, host });
    }
  }
  class AppServer extends Server {
    constructor(options?: unknown, listener?: unknown) {
      super(host, options, listener);
    }
  }
  const SocketClass = named("Socket", AppSocket, Socket);
  const ServerClass = named("Server", AppServer, Server);
  const connect = (...given: unknown[]): Socket => {
    const options = typeof given[0] === "object" ? (given[0] as SocketOptions & { timeout?: number }) : undefined;
    const socket = new AppSocket(options);
    if (options?.timeout) socket.setTimeout(options.timeout);
    return socket.connect(...given);
  };
  return {
    ...realNet,
    Socket: SocketClass,
    Stream: SocketClass,
    Server: ServerClass,
    createServer: (options?: unknown, listener?: unknown) => new AppServer(options, listener),
    connect,
    createConnection: connect,
  };
}

/**
 * The class the app sees. `instanceof` answers for the whole family, as connections that arrive are sockets the runtime has
 * made itself; classes the app derives keep the ordinary answer.
 */
function named<C extends new (...args: never[]) => object>(
  name: string,
  appClass: C,
  family: abstract new (...args: never[]) => object,
): C {
  Object.defineProperty(appClass, "name", { value: name });
  const visible = callable(appClass as C & (new (...args: unknown[]) => object)) as C;
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(appClass, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return this === visible || this === appClass ? value instanceof family : ordinary.call(this, value);
    },
  });
  return visible;
}
