import { answered, status, type Answer, type Outcome } from "./answer.ts";
import { rewriteAnswer } from "./proxy-answer.ts";
import type { Exchange } from "./exchange.ts";
import { escapePath, toArray, type Bytes } from "./uri.ts";

/** What proxy_pass comes to for one request. */
export interface Target {
  scheme: string;
  /** host or host:port, or the name of an upstream */
  authority: string;
  /** Path and query to ask for. */
  path: string;
}

/** Headers of the client that are not passed on, because nginx sets them itself or they belong to the connection. */
const notPassedOn = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "te",
  "keep-alive",
  "expect",
  "upgrade",
]);

const idempotent = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "MKCOL", "COPY", "MOVE"]);

/** The largest body that is kept to be sent once more to another server of an upstream. */
const replayLimit = 1024 * 1024;

const defaultReadTimeout = 60;

export async function proxy(x: Exchange, pass: string, prefix: string | undefined): Promise<Outcome> {
  const target = resolveTarget(x, pass, prefix);
  if (!target) {
    console.error(`invalid URL prefix in "${x.expand(pass)}"`);
    return status(500);
  }
  const [host = "", port] = target.authority.split(":");
  x.proxyHost = target.authority;
  x.proxyPort = port ?? (target.scheme === "https" ? "443" : "80");

  const balancer = x.gateway.balancer(target.authority);
  const servers = balancer?.size ?? 1;
  const body = await requestBody(x, servers > 1);
  const tried = new Set<string>();
  const limit = x.settings.nextUpstreamTries || servers;
  for (;;) {
    const address = balancer ? balancer.pick(x, tried) : target.authority;
    if (address === null) {
      console.error(`no live upstreams while connecting to upstream ${host}`);
      return status(502);
    }
    tried.add(address);
    balancer?.started(address);
    const attempt = await ask(x, target, address, body);
    balancer?.finished(address, attempt.failure === null);
    const mayTryAgain = tried.size < Math.min(limit, servers) && canRepeat(x, body, attempt);
    if (mayTryAgain && goesToNext(x, attempt)) {
      if (attempt.response?.body) {
        await attempt.response.body.cancel();
      }
      continue;
    }
    if (x.bodyTooLarge) {
      await attempt.response?.body?.cancel();
      return status(413);
    }
    if (!attempt.response) {
      return status(attempt.failure === "timeout" ? 504 : 502);
    }
    return respond(x, attempt.response, pass, prefix);
  }
}

/** The URL to ask for: what proxy_pass says, with its path in the place of the location's when it has one. */
function resolveTarget(x: Exchange, pass: string, prefix: string | undefined): Target | null {
  const match = /^(https?):\/\/([^/?#]+)(.*)$/i.exec(x.expand(pass));
  if (!match) {
    return null;
  }
  const [, scheme = "http", authority = "", path = ""] = match;
  return { scheme: scheme.toLowerCase(), authority, path: upstreamPath(x, path, prefix, pass.includes("$")) };
}

function upstreamPath(x: Exchange, path: Bytes, prefix: string | undefined, hasVariables: boolean): string {
  if (path !== "" && hasVariables) {
    return path.startsWith("/") ? path : "/" + path;
  }
  if (path === "" && x.unparsedIsValid) {
    return x.unparsedUri;
  }
  const query = x.args === "" ? "" : "?" + x.args;
  const escape = (text: Bytes): string => (x.quoted || x.isInternal ? escapePath(text) : text);
  // After a rewrite with break the path of proxy_pass no longer counts.
  if (path === "" || prefix === undefined || !x.locationIsValid) {
    return escape(x.uri) + query;
  }
  return (path.startsWith("/") ? path : "/" + path) + escape(x.uri.slice(prefix.length)) + query;
}

type RequestBody = { kind: "none" } | { kind: "stream"; stream: ReadableStream } | { kind: "bytes"; bytes: BodyInit };

/** The body to pass on. It is kept in memory only where it may have to be sent twice. */
async function requestBody(x: Exchange, mayRepeat: boolean): Promise<RequestBody> {
  const { settings, request } = x;
  if (settings.proxyBody !== undefined) {
    return { kind: "bytes", bytes: toArray(x.expand(settings.proxyBody)) };
  }
  const changed = x.isSubrequest || x.method !== request.method;
  if (changed || settings.proxyPassRequestBody === false || !request.body) {
    return { kind: "none" };
  }
  const length = request.headers.get("content-length");
  if (mayRepeat && length !== null && Number(length) <= replayLimit) {
    return { kind: "bytes", bytes: await request.arrayBuffer() };
  }
  return { kind: "stream", stream: length === null ? limited(x, request.body) : request.body };
}

/** A body of unknown length is cut off where it becomes too large. */
function limited(x: Exchange, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const limit = x.maxBodySize;
  let seen = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.length;
        if (seen > limit) {
          x.bodyTooLarge = true;
          controller.error(new Error("client intended to send too large chunked body"));
        } else {
          controller.enqueue(chunk);
        }
      },
    }),
  );
}

/** One attempt: an answer, or what kept it from coming. */
interface Attempt {
  response: Response | null;
  failure: "error" | "timeout" | null;
  /** The upstream has not seen the request. */
  unsent: boolean;
}

async function ask(x: Exchange, target: Target, address: string, body: RequestBody): Promise<Attempt> {
  const controller = new AbortController();
  const seconds = x.settings.proxyReadTimeout ?? defaultReadTimeout;
  const timer = setTimeout(() => controller.abort(), seconds * 1000);
  try {
    x.upstreamAddress = (x.upstreamAddress === "" ? "" : x.upstreamAddress + ", ") + address;
    const response = await x.gateway.dial(x, address, target.scheme, target.path, {
      method: x.settings.proxyMethod === undefined ? x.method : x.expand(x.settings.proxyMethod),
      headers: requestHeaders(x),
      body: body.kind === "none" ? null : body.kind === "stream" ? body.stream : body.bytes,
      redirect: "manual",
      signal: controller.signal,
    });
    const refused = response === null || response.headers.get("x-dock2edge-error") === "ECONNREFUSED";
    if (refused) {
      console.error(`connect() to ${address} failed: nothing answers there`);
      await response?.body?.cancel();
      return { response: null, failure: "error", unsent: true };
    }
    x.upstreamStatus = String(response.status);
    return { response, failure: null, unsent: false };
  } catch (error) {
    const timedOut = controller.signal.aborted;
    console.error(`upstream ${address} ${timedOut ? "timed out" : "failed"}: ${String(error)}`);
    return { response: null, failure: timedOut ? "timeout" : "error", unsent: false };
  } finally {
    clearTimeout(timer);
  }
}

/** The headers for the upstream: the client's, nginx's defaults, and what proxy_set_header says. */
function requestHeaders(x: Exchange): Headers {
  const headers = new Headers();
  if (x.settings.proxyPassRequestHeaders !== false) {
    for (const [name, value] of x.request.headers) {
      const isOdd = name.includes("_") && !x.server.underscoresInHeaders;
      if (!notPassedOn.has(name) && !isOdd) {
        headers.append(name, value);
      }
    }
  }
  headers.set("host", x.proxyHost);
  const set = new Set<string>();
  for (const { name, value } of x.settings.proxyHeaders ?? []) {
    const key = name.toLowerCase();
    const text = x.expand(value);
    if (!set.has(key)) {
      headers.delete(key);
      set.add(key);
    }
    // Connection belongs to the runtime; a wish to upgrade travels in Upgrade alone.
    if (text !== "" && key !== "connection" && key !== "content-length" && key !== "transfer-encoding") {
      headers.append(key, text);
    }
  }
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") {
    headers.delete("upgrade");
  }
  return headers;
}

/** A request that an upstream may have acted on is not sent twice unless that does no harm. */
function canRepeat(x: Exchange, body: RequestBody, attempt: Attempt): boolean {
  if (body.kind === "stream") {
    return false;
  }
  return attempt.unsent || idempotent.has(x.method) || (x.settings.nextUpstream?.includes("non_idempotent") ?? false);
}

function goesToNext(x: Exchange, attempt: Attempt): boolean {
  const conditions = x.settings.nextUpstream ?? ["error", "timeout"];
  if (conditions.includes("off")) {
    return false;
  }
  const reason = attempt.failure ?? `http_${attempt.response?.status}`;
  return conditions.includes(reason);
}

async function respond(x: Exchange, response: Response, pass: string, prefix: string | undefined): Promise<Outcome> {
  x.upstreamHeaders = response.headers;
  const internal = response.headers.get("x-accel-redirect");
  const ignored = (x.settings.proxyIgnoreHeaders ?? []).map((name) => name.toLowerCase());
  if (internal !== null && !ignored.includes("x-accel-redirect") && !x.isSubrequest) {
    await response.body?.cancel();
    x.keptHeaders = keptForAccelRedirect(response.headers);
    x.method = x.method === "HEAD" ? "HEAD" : "GET";
    return internal.startsWith("@") ? { kind: "named", name: internal.slice(1) } : { kind: "redirect", uri: internal };
  }
  if (x.settings.proxyInterceptErrors && response.status >= 300 && x.gateway.hasErrorPage(x, response.status)) {
    await response.body?.cancel();
    const headers = new Headers();
    const challenge = response.headers.get("www-authenticate");
    if (response.status === 401 && challenge !== null) {
      headers.set("www-authenticate", challenge);
    }
    return { kind: "status", status: response.status, headers };
  }
  return answered(rewriteAnswer(x, toAnswer(response), pass, prefix));
}

/** What of the upstream's answer stays when it hands over to a file of the gateway. */
function keptForAccelRedirect(headers: Headers): Headers {
  const kept = new Headers();
  for (const [name, value] of headers) {
    if (
      ["content-type", "content-disposition", "set-cookie", "accept-ranges", "cache-control", "expires"].includes(name)
    ) {
      kept.append(name, value);
    }
  }
  return kept;
}

function toAnswer(response: Response): Answer {
  const length = response.headers.get("content-length");
  return {
    status: response.status,
    headers: new Headers(response.headers),
    body: response.body,
    length: length === null ? null : Number(length),
    contentType: response.headers.get("content-type") ?? "",
    fromUpstream: true,
    ...(response.webSocket ? { webSocket: response.webSocket } : {}),
  };
}
