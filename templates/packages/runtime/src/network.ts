/**
 * The network as the app sees it: the names of the Compose project, its own ports, and everything outside.
 *
 * Docker gives a container a resolver and a route to each service; here a name leads to a binding. Names have addresses too
 * (10.89.0.x, one per name), because some clients look a name up first and dial the address.
 */

import { connect as connectOutside } from "cloudflare:sockets";
import { INSTANCE_NAME, type AppConfig, type Peer } from "./config";
import { codedError, connectionReset, systemError } from "./errors";
import { openMysql, openPostgres } from "./hyperdrive";
import type { Server as HttpServer } from "./http/server";
import type { Server as TcpServer } from "./net/server";
import { OWN_ADDRESS } from "./net/socket";
import { announceAccepted, byteStreamPair, openByteStream, whenAccepted, type ByteStream } from "./transport";
import { Headers, Request } from "./native";

/** A server of the app that sits on one of its ports. */
export type Listener = TcpServer | HttpServer;

/** Marks an answer that stands for a refused connection, made where a name led to but nobody listened. */
export const ERROR_HEADER = "x-dock2edge-error";

/** Marks a request as the project's own and names the port it was sent to. Removed from whatever comes in from outside. */
export const PORT_HEADER = "x-dock2edge-port";

/** What a host name means to the app. */
type Destination =
  | { kind: "own" }
  | { kind: "peer"; name: string; peer: Peer }
  | { kind: "outside" }
  /** A name without a dot that Compose does not know: Docker's resolver finds nothing. */
  | { kind: "unknown" };

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "[::1]", OWN_ADDRESS]);

export class Network {
  readonly #config: AppConfig;
  readonly #env: Record<string, unknown>;
  readonly #listeners = new Map<number, Listener>();
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #watchers = new Set<() => void>();
  readonly #fetchOutside: typeof fetch;
  #activity = 0;
  #pending = 0;

  constructor(config: AppConfig, env: Record<string, unknown>, fetchOutside: typeof fetch) {
    this.#config = config;
    this.#env = env;
    this.#fetchOutside = fetchOutside;
    Object.keys(config.peers)
      .sort()
      .forEach((name, index) => {
        const address = `10.89.${index >> 8}.${(index & 255) + 10}`;
        this.#addresses.set(name, address);
        this.#names.set(address, name);
      });
  }

  // ---- names -------------------------------------------------------------------------------------------------------

  /** The address of a name that is known without asking anybody: of the project, of the app itself, or an address already. */
  addressOf(host: string): string | undefined {
    const name = host.toLowerCase();
    if (name === "localhost") return "127.0.0.1";
    if (name === this.#config.hostname.toLowerCase() || this.#config.peers[name]?.kind === "self") return OWN_ADDRESS;
    if (isAddress(name)) return name;
    return this.#addresses.get(name);
  }

  /** The Compose name behind one of the project's addresses. */
  nameOf(address: string): string | undefined {
    return address === OWN_ADDRESS ? this.#config.hostname : this.#names.get(address);
  }

  /** Whether a name can only be one of the project's, and none of them has it. */
  isUnknown(host: string): boolean {
    return this.#destination(host).kind === "unknown";
  }

  #destination(host: string): Destination {
    const plain = host.toLowerCase().replace(/\.$/, "");
    const name = this.#names.get(plain) ?? plain;
    const peer = this.#config.peers[name];
    if (LOOPBACK.has(name) || name === this.#config.hostname.toLowerCase() || peer?.kind === "self")
      return { kind: "own" };
    if (peer) return { kind: "peer", name, peer };
    if (name.includes(".") || isAddress(name)) return { kind: "outside" };
    return { kind: "unknown" };
  }

  // ---- ports -------------------------------------------------------------------------------------------------------

  /** Gives a port to a server: the one asked for, or a free one for 0. Throws EADDRINUSE. */
  bind(wanted: number, server: Listener, host = "::"): number {
    let port = wanted;
    while (port === 0 || (wanted === 0 && this.#listeners.has(port))) port = 32768 + Math.floor(Math.random() * 28232);
    if (this.#listeners.has(port)) throw systemError("EADDRINUSE", { syscall: "listen", address: host, port });
    this.#listeners.set(port, server);
    for (const watcher of [...this.#watchers]) watcher();
    return port;
  }

  unbind(port: number): void {
    this.#listeners.delete(port);
  }

  listener(port: number): Listener | undefined {
    return this.#listeners.get(port);
  }

  /** The ports in use, in ascending order. */
  ports(): number[] {
    return [...this.#listeners.keys()].sort((a, b) => a - b);
  }

  /** Calls back after every bind, until the returned function is called. */
  onBind(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  // ---- activity ----------------------------------------------------------------------------------------------------

  noteActivity(): void {
    this.#activity += 1;
  }

  /** Counts something that is under way (a connection being made, a request waiting for its answer); call the result at its end. */
  beginActivity(): () => void {
    this.#activity += 1;
    this.#pending += 1;
    return () => {
      this.#activity += 1;
      this.#pending -= 1;
    };
  }

  /** Whether something is under way: a connection or request of the app's, or an answer of one of its servers. */
  isBusy(): boolean {
    if (this.#pending > 0) return true;
    return [...this.#listeners.values()].some((listener) => listener.connections > 0);
  }

  /** Resolves once nothing has gone over the network for `quietMs`, or after `limitMs`. */
  async quiet(quietMs: number, limitMs: number): Promise<void> {
    for (let waited = 0; waited < limitMs; waited += quietMs) {
      const before = this.#activity;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
      if (this.#activity === before && this.#pending === 0) return;
    }
  }

  // ---- TCP ---------------------------------------------------------------------------------------------------------

  /**
   * Opens a connection. `secure` is what Workers' sockets take: "starttls" leaves the choice to the caller.
   * Throws where it is known at once that there is no such name or that nobody listens.
   */
  openTcp(host: string, port: number, secure: "on" | "starttls"): ByteStream {
    const destination = this.#destination(host);
    switch (destination.kind) {
      case "own":
        return this.#openOwn(host, port);
      case "peer":
        return this.#openPeer(destination.name, destination.peer, port, secure);
      case "outside":
        return connectOutside({ hostname: host, port }, { secureTransport: secure, allowHalfOpen: true });
      case "unknown":
        throw systemError("ENOTFOUND", { syscall: "getaddrinfo", hostname: host });
    }
  }

  /** A connection from another service. Throws ECONNREFUSED. */
  async accept(stream: ByteStream, port: number): Promise<void> {
    const listener = this.#listeners.get(port);
    if (!listener) throw systemError("ECONNREFUSED", { syscall: "connect", address: OWN_ADDRESS, port });
    stream.closed.catch(() => {}); // told by the stream's reader
    await announceAccepted(stream);
    listener._connected(stream, "10.89.0.1");
  }

  #openOwn(host: string, port: number): ByteStream {
    if (!this.#listeners.has(port)) {
      throw systemError("ECONNREFUSED", { syscall: "connect", address: this.addressOf(host) ?? host, port });
    }
    const [client, server] = byteStreamPair();
    this.#listeners.get(port)?._connected(server, "127.0.0.1");
    return client;
  }

  #openPeer(name: string, peer: Peer, port: number, secure: "on" | "starttls"): ByteStream {
    const dialled = `${name}:${port}`;
    switch (peer.kind) {
      case "app": {
        const refusal = systemError("ECONNREFUSED", {
          syscall: "connect",
          address: this.addressOf(name) ?? name,
          port,
        });
        return whenAccepted(this.#binding<Fetcher>(peer.binding, name).connect(dialled), refusal);
      }
      case "server": {
        const server = this.#binding<DurableObjectNamespace>(peer.binding, name).getByName(INSTANCE_NAME);
        return openByteStream(server, dialled, this.#config.transport);
      }
      case "hyperdrive": {
        const hyperdrive = this.#binding<Hyperdrive>(peer.binding, name);
        return peer.protocol === "postgres" ? openPostgres(hyperdrive) : openMysql(hyperdrive);
      }
      case "external": {
        const { hostname, port: externalPort } = this.#external(peer.address, name, port);
        return connectOutside({ hostname, port: externalPort }, { secureTransport: secure, allowHalfOpen: true });
      }
      case "self":
        return this.#openOwn(name, port);
    }
  }

  #binding<Binding>(binding: string, name: string): Binding {
    const found = this.#env[binding];
    if (found === undefined) {
      throw misconfigured(
        `the service "${name}" is reached through the binding ${binding}, which wrangler.jsonc does not have`,
      );
    }
    return found as Binding;
  }

  #external(variable: string, name: string, port: number): { hostname: string; port: number } {
    const value = this.#env[variable];
    if (typeof value !== "string" || value === "") {
      throw misconfigured(`the service "${name}" is outside: set the variable ${variable} to its "host:port"`);
    }
    const url = new URL(`tcp://${value}`);
    return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? port : Number(url.port) };
  }

  // ---- HTTP --------------------------------------------------------------------------------------------------------

  /** The app's global `fetch`: like Node's, it says who it is, which some servers insist on. */
  readonly appFetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    for (const [name, value] of NODE_FETCH_HEADERS) if (!headers.has(name)) headers.set(name, value);
    return this.fetch(input, { ...init, headers });
  };

  /** Sends a request where it belongs: the project's names lead to bindings, the app's own ports to its servers, all else to the Internet. */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = requestUrl(input);
    const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
    if (!url || !isHttp) return this.#fetchOutside(input as RequestInfo, init);
    const settled = this.beginActivity();
    try {
      if (this.#destination(url.hostname).kind === "outside")
        return await this.#fetchOutside(input as RequestInfo, init);
      const request = new Request(input as RequestInfo, init);
      const length = bodyLength(init?.body);
      if (length !== undefined) request.headers.set("content-length", String(length));
      return await this.#fetchInside(request, init);
    } finally {
      settled();
    }
  };

  /** A fetch inside the project. Its redirects may lead to another service, or outside, so each step is routed again. */
  async #fetchInside(first: Request, init: RequestInit | undefined): Promise<Response> {
    let request = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await this.#send(new Request(withHost(request), { redirect: "manual" }), init);
      const location = response.headers.get("location");
      if (location === null || !REDIRECTS.has(response.status) || first.redirect === "manual") return response;
      if (first.redirect === "error") throw fetchFailed(new Error("unexpected redirect"));
      await response.body?.cancel();
      request = redirected(request, response.status, new URL(location, request.url));
    }
    throw fetchFailed(new Error("redirect count exceeded"));
  }

  /** One request, without following redirects. */
  async #send(request: Request, init: RequestInit | undefined): Promise<Response> {
    const url = new URL(request.url);
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const destination = this.#destination(url.hostname);
    if (destination.kind === "outside") return this.#fetchOutside(request, rawEncoding(init));
    if (destination.kind === "unknown") {
      throw fetchFailed(systemError("ENOTFOUND", { syscall: "getaddrinfo", hostname: url.hostname }));
    }
    const refused = () =>
      fetchFailed(
        systemError("ECONNREFUSED", {
          syscall: "connect",
          address: this.addressOf(url.hostname) ?? url.hostname,
          port,
        }),
      );
    if (destination.kind === "own") {
      const server = this.#listeners.get(port);
      if (!server) throw refused();
      if ("_serve" in server) return server._serve(request);
      throw fetchFailed(connectionReset());
    }
    const { name, peer } = destination;
    if (peer.kind === "app") {
      const response = await this.#binding<Fetcher>(peer.binding, name).fetch(request, rawEncoding(init));
      if (response.headers.get(ERROR_HEADER) === "ECONNREFUSED") throw refused();
      return response;
    }
    if (peer.kind === "external") {
      const external = this.#external(peer.address, name, port);
      url.hostname = external.hostname;
      url.port = String(external.port);
      return this.#fetchOutside(new Request(url, request), rawEncoding(init));
    }
    throw fetchFailed(connectionReset(`${name}:${port} does not speak HTTP`));
  }
}

/** Fields that Node's fetch adds. */
const NODE_FETCH_HEADERS = [
  ["accept", "*/*"],
  ["accept-language", "*"],
  ["user-agent", "node"],
] as const;

const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The option that leaves a compressed body as it is; it belongs to the call and is lost in a Request. */
function rawEncoding(init: RequestInit | undefined): RequestInit {
  return init?.encodeResponseBody === undefined ? {} : { encodeResponseBody: init.encodeResponseBody };
}

/** The length of a body that is known before it is sent; on the wire, workerd would add it. */
function bodyLength(body: BodyInit | null | undefined): number | undefined {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof URLSearchParams) return Buffer.byteLength(body.toString());
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return body instanceof Blob ? body.size : undefined;
}

/** The request that a redirect asks for, as the fetch standard has it. */
function redirected(request: Request, status: number, target: URL): Request {
  const becomesGet = status === 303 ? request.method !== "HEAD" : status < 303 && request.method === "POST";
  if (!becomesGet && request.body) throw fetchFailed(new Error("a redirect would have to send a streamed body again"));
  const headers = new Headers(request.headers);
  headers.delete("host");
  if (target.origin !== new URL(request.url).origin) headers.delete("authorization");
  if (becomesGet) for (const name of ["content-length", "content-type", "content-encoding"]) headers.delete(name);
  return new Request(target, { method: becomesGet ? "GET" : request.method, headers, signal: request.signal });
}

/** Bindings pass a request on as it is, and without a Host header the other side would see none. */
function withHost(request: Request): Request {
  if (request.headers.has("host")) return request;
  const headers = new Headers(request.headers);
  headers.set("host", new URL(request.url).host);
  return new Request(request, { headers });
}

function requestUrl(input: RequestInfo | URL): URL | undefined {
  try {
    return new URL(input instanceof Request ? input.url : String(input));
  } catch {
    return undefined;
  }
}

/** The error of Node's fetch, whose `cause` says what happened. */
function fetchFailed(cause: Error): TypeError {
  return Object.assign(new TypeError("fetch failed"), { cause });
}

/** The service's configuration is incomplete. The code makes the text reach the app's log through every client library. */
function misconfigured(text: string): Error {
  return codedError("ERR_DOCK2EDGE_CONFIGURATION", text);
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(":");
}
