import realTls from "node:tls";
import realProcess from "node:process";
import { callable } from "./callable";
import { codedError } from "./errors";
import type { Host } from "./host";
import { readEndpoint } from "./net/arguments";
import { Socket } from "./net/socket";
import type { ByteStream } from "./transport";

/** Options of `tls.connect` that have a meaning here. */
interface TlsOptions {
  socket?: unknown;
  servername?: string;
  host?: string;
  timeout?: number;
}

/** A stream of `cloudflare:sockets`, which alone can start TLS on a connection that stands. */
type UpgradableStream = ByteStream & { startTls?: () => ByteStream };

/**
 * Node's `tls.TLSSocket` on the client's side. Workers do the handshake and always check the certificate; the app cannot
 * choose versions, ciphers or client certificates, nor switch the check off.
 */
export class TLSSocket extends Socket {
  override encrypted = true;
  authorized = false;
  authorizationError: Error | null = null;
  alpnProtocol: string | false = false;
  servername: string | undefined;

  constructor(host: Host, options: TlsOptions = {}) {
    super({ host });
    this.servername = options.servername ?? options.host;
  }

  override _open(host: string, port: number): ByteStream {
    if (!this._host) throw new Error("a socket without an app cannot connect");
    return this._host.network.openTcp(host, port, "on");
  }

  override _announce(): void {
    this.authorized = true;
    super._announce();
    this.emit("secure");
    this.emit("secureConnect");
  }

  /** Goes on with the connection of a plain socket (STARTTLS of Postgres, MySQL, SMTP, …). */
  _secure(plain: Socket): void {
    const start = () => {
      const stream = plain._handOver() as UpgradableStream;
      if (!stream.startTls)
        throw codedError(
          "ERR_TLS_UNSUPPORTED",
          "TLS inside the project is not supported: connections to other services never leave Cloudflare",
        );
      const { remoteAddress, remotePort } = plain;
      this._attach(stream.startTls(), remoteAddress ?? "", remotePort ?? 0);
      plain.once("close", () => this.destroy());
      this.once("close", () => plain.destroy());
    };
    const attempt = () => {
      try {
        start();
      } catch (error) {
        this.destroy(error as Error);
      }
    };
    // At once where possible: drivers start TLS while they handle the server's consent, and nothing may be read after that.
    if (plain.connecting) plain.once("connect", attempt);
    else attempt();
  }

  setServername(name: string): void {
    this.servername = name;
  }

  getPeerCertificate(): object {
    return {};
  }

  getProtocol(): string {
    return "TLSv1.3";
  }

  getCipher(): object {
    return { name: "TLS_AES_128_GCM_SHA256", standardName: "TLS_AES_128_GCM_SHA256", version: "TLSv1.3" };
  }

  getSession(): undefined {
    return undefined;
  }

  isSessionReused(): boolean {
    return false;
  }

  setMaxSendFragment(): boolean {
    return true;
  }

  disableRenegotiation(): void {}
}

/**
 * What Node.js wraps a stream in that is no socket. Libraries for HTTP/2 take the class from there when they are loaded; only
 * using it fails.
 */
class StreamSocket {
  constructor() {
    throw streamUnsupported();
  }
}

function streamUnsupported(): Error {
  return codedError("ERR_TLS_UNSUPPORTED", "TLS over a stream that is no socket is not supported on Workers");
}

/** The app's `node:tls`. */
export function createTls(host: Host): Record<string, unknown> {
  const connect = (...given: unknown[]): TLSSocket => {
    const { options, endpoint, callback } = readEndpoint(given);
    const extra = given.find((argument) => typeof argument === "object" && argument !== null) as TlsOptions | undefined;
    const settings: TlsOptions = { ...options, ...extra };
    const socket = new TLSSocket(host, settings);
    if (callback) socket.once("secureConnect", callback);
    if (settings.timeout) socket.setTimeout(settings.timeout);
    if (settings.socket instanceof Socket) {
      socket.connecting = true;
      socket._secure(settings.socket);
    } else if (settings.socket) {
      realProcess.nextTick(() => host.guard(() => socket.destroy(streamUnsupported())));
    } else {
      socket.connect({ host: endpoint.host ?? "localhost", port: endpoint.port ?? 443 });
    }
    return socket;
  };
  class AppTlsSocket extends TLSSocket {
    constructor(plain?: unknown, options?: TlsOptions) {
      super(host, options);
      if (plain instanceof Socket) this._secure(plain);
      else if (plain)
        Object.assign(this, { _handle: { _parentWrap: Object.create(StreamSocket.prototype) as object } });
    }
  }
  Object.defineProperty(AppTlsSocket, "name", { value: "TLSSocket" });
  Object.defineProperty(AppTlsSocket, Symbol.hasInstance, { value: (value: unknown) => value instanceof TLSSocket });
  const refuseServer = () => {
    throw codedError(
      "ERR_METHOD_NOT_IMPLEMENTED",
      "tls.createServer is not possible on Workers: TLS ends at Cloudflare's edge. Serve plain HTTP or TCP inside the project.",
    );
  };
  return { ...realTls, TLSSocket: callable(AppTlsSocket), connect, createServer: refuseServer, Server: refuseServer };
}
