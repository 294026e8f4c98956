import { METHODS, STATUS_CODES } from "node:http";
import realHttp2 from "node:http2";
import { callable } from "../callable";
import { codedError } from "../errors";
import type { Host } from "../host";
import { Agent, HttpsAgent } from "./agent";
import { ClientRequest, type RequestOptions } from "./client";
import { validateHeaderName, validateHeaderValue } from "./headers";
import { IncomingMessage } from "./incoming";
import { OutgoingMessage } from "./outgoing";
import { ServerResponse } from "./response";
import { Server, type ServerOptions } from "./server";
import { refuseHttp2 } from "../node/refused";
import { webClasses } from "../web-classes";

type RequestListener = ConstructorParameters<typeof Server>[2];
type ResponseListener = (response: IncomingMessage) => void;
type Target = string | URL | RequestOptions;

/** The app's `node:http` and `node:https`. */
export function createHttp(host: Host): Record<"http" | "https" | "http2", Record<string, unknown>> {
  class AppServer extends Server {
    constructor(options?: ServerOptions | RequestListener, listener?: RequestListener) {
      super(host, options, listener);
    }
  }
  Object.defineProperty(AppServer, "name", { value: "Server" });
  const shared = {
    METHODS,
    STATUS_CODES,
    IncomingMessage: callable(IncomingMessage),
    OutgoingMessage: callable(OutgoingMessage),
    ServerResponse: callable(ServerResponse),
    Server: callable(AppServer),
    createServer: (options?: ServerOptions | RequestListener, listener?: RequestListener) =>
      new AppServer(options, listener),
  };
  const http = {
    ...shared,
    ...clientSide(host, Agent),
    maxHeaderSize: 16_384,
    validateHeaderName,
    validateHeaderValue,
    setMaxIdleHTTPParsers() {},
    ...webClasses("WebSocket", "CloseEvent", "MessageEvent"),
  };
  // A certificate of the app's own has no place behind the edge, which ends TLS: what it would serve is served as plain HTTP.
  const https = { Server: shared.Server, createServer: shared.createServer, ...clientSide(host, HttpsAgent) };
  // Clients speak HTTP/1 with the app, as the edge speaks all else. What allows them is served; the rest is refused.
  const http2 = refuseHttp2(realHttp2, shared.createServer as (...given: unknown[]) => object);
  return { http, https, http2 };
}

function clientSide(host: Host, AgentClass: typeof Agent) {
  const globalAgent = new AgentClass({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
  class AppRequest extends ClientRequest {
    constructor(target: Target, options?: RequestOptions | ResponseListener, listener?: ResponseListener) {
      const merged = mergeOptions(target, typeof options === "object" ? options : undefined);
      super(host, globalAgent, merged, typeof options === "function" ? options : listener);
    }
  }
  Object.defineProperty(AppRequest, "name", { value: "ClientRequest" });
  const request = (target: Target, options?: RequestOptions | ResponseListener, listener?: ResponseListener) =>
    new AppRequest(target, options, listener);
  const get: typeof request = (target, options, listener) => {
    const made = request(target, options, listener);
    made.end();
    return made;
  };
  return { Agent: callable(AgentClass), globalAgent, ClientRequest: callable(AppRequest), request, get };
}

function mergeOptions(target: Target, options: RequestOptions | undefined): RequestOptions {
  if (typeof target === "string") return { ...urlOptions(parseUrl(target)), ...options };
  if (target instanceof URL) return { ...urlOptions(target), ...options };
  return { ...target, ...options };
}

function urlOptions(url: URL): RequestOptions {
  const options: RequestOptions = {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    path: `${url.pathname}${url.search}`,
  };
  if (url.port !== "") options.port = Number(url.port);
  if (url.username !== "" || url.password !== "") {
    options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  }
  return options;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw Object.assign(codedError("ERR_INVALID_URL", "Invalid URL", TypeError), { input: text });
  }
}
