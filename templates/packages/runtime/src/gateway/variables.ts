import type { MapEntry, VariableMap } from "./config.ts";
import type { Exchange } from "./exchange.ts";
import { documentRoot, filePath } from "./paths.ts";
import { toBytes, type Bytes } from "./uri.ts";

/** The value of a variable for a request; what is not known is empty, as in nginx. */
export function variable(name: string, x: Exchange): Bytes {
  if (/^\d$/.test(name)) {
    return x.captures[Number(name)] ?? "";
  }
  const set = x.variables.get(name);
  if (set !== undefined) {
    return set;
  }
  const map = x.gateway.maps.get(name);
  if (map) {
    return mapped(map, x);
  }
  const builtIn = Object.hasOwn(builtIns, name) ? builtIns[name] : undefined;
  return builtIn ? builtIn(x) : prefixed(name, x);
}

/** Variables of which there are any number. */
function prefixed(name: string, x: Exchange): Bytes {
  const rest = (prefix: string): string | undefined =>
    name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  const header = (suffix: string): string => suffix.replaceAll("_", "-");

  const argument = rest("arg_");
  if (argument !== undefined) {
    return queryArgument(x.args, argument);
  }
  const cookie = rest("cookie_");
  if (cookie !== undefined) {
    return cookieValue(x.request.headers.get("cookie") ?? "", cookie);
  }
  const sent = rest("sent_http_");
  if (sent !== undefined) {
    return sentHeader(x, header(sent));
  }
  const upstream = rest("upstream_http_");
  if (upstream !== undefined) {
    return x.upstreamHeaders?.get(header(upstream)) ?? "";
  }
  const upstreamCookie = rest("upstream_cookie_");
  if (upstreamCookie !== undefined) {
    const cookies = x.upstreamHeaders?.getSetCookie() ?? [];
    return cookies.map((c) => cookieValue(c, upstreamCookie)).find((value) => value !== "") ?? "";
  }
  const request = rest("http_");
  if (request !== undefined) {
    return x.request.headers.get(header(request)) ?? "";
  }
  const secret = rest("secret_");
  if (secret !== undefined) {
    const value = x.circumstances.env[secret];
    return typeof value === "string" ? toBytes(value) : "";
  }
  return "";
}

function queryArgument(args: Bytes, name: string): Bytes {
  for (const pair of args.split("&")) {
    const equals = pair.indexOf("=");
    if (equals >= 0 && pair.slice(0, equals).toLowerCase() === name.toLowerCase()) {
      return pair.slice(equals + 1);
    }
  }
  return "";
}

function cookieValue(header: string, name: string): string {
  for (const pair of header.split(/;\s*/)) {
    const equals = pair.indexOf("=");
    if (equals >= 0 && pair.slice(0, equals).trim().toLowerCase() === name.toLowerCase()) {
      return pair.slice(equals + 1);
    }
  }
  return "";
}

/** A header of the answer as far as it stands when headers are added. */
function sentHeader(x: Exchange, name: string): string {
  const { answer } = x;
  switch (name) {
    case "content-type":
      return answer?.contentType ?? "";
    case "content-length":
      return answer?.length === null || answer?.length === undefined ? "" : String(answer.length);
    case "location":
      return answer?.location ?? "";
    case "last-modified":
      return answer?.lastModified === undefined ? "" : new Date(answer.lastModified * 1000).toUTCString();
    default:
      return answer?.headers.get(name) ?? "";
  }
}

/** Looks a value up in a map: exact text, then wildcards of host names, then regular expressions, then the default. */
function mapped(map: VariableMap, x: Exchange): Bytes {
  let subject = x.expand(map.source);
  if (map.hostnames && subject.endsWith(".")) {
    subject = subject.slice(0, -1);
  }
  const entry = findEntry(map, subject.toLowerCase()) ?? findRegex(map, subject, x);
  return x.expand(entry?.to ?? map.default ?? "");
}

function findEntry(map: VariableMap, subject: string): MapEntry | undefined {
  const texts = (map.entries ?? []).flatMap((e) =>
    "value" in e ? [{ entry: e, value: toBytes(e.value.toLowerCase()) }] : [],
  );
  const exact = texts.find(({ value }) => value === subject);
  if (exact || !map.hostnames) {
    return exact?.entry;
  }
  const wildcards = texts
    .filter(({ value }) => hostMatches(value, subject))
    .sort((a, b) => Number(a.value.endsWith("*")) - Number(b.value.endsWith("*")) || b.value.length - a.value.length);
  return wildcards[0]?.entry;
}

function hostMatches(pattern: string, host: string): boolean {
  if (pattern.startsWith("*.")) {
    return host.endsWith(pattern.slice(1));
  }
  if (pattern.startsWith(".")) {
    return host === pattern.slice(1) || host.endsWith(pattern);
  }
  return pattern.endsWith(".*") && host.startsWith(pattern.slice(0, -1));
}

function findRegex(map: VariableMap, subject: Bytes, x: Exchange): MapEntry | undefined {
  return (map.entries ?? []).find((e) => "regex" in e && x.matches(e.regex, subject));
}

/**
 * The client's addresses so far and the one it has now. Cloudflare may have appended the client's address already; then it
 * is not repeated.
 */
function forwardedFor(x: Exchange): string {
  const before = x.request.headers.get("x-forwarded-for");
  const address = x.remoteAddress;
  if (!before) {
    return address;
  }
  const fromEdge = x.request.headers.has("cf-connecting-ip");
  return fromEdge && before.split(",").at(-1)?.trim() === address ? before : `${before}, ${address}`;
}

function iso8601(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "+00:00");
}

/** The format of nginx's logs: 21/Nov/2026:03:20:11 +0000 */
function logTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

function requestId(x: Exchange): string {
  let id = x.main.variables.get("request_id");
  if (id === undefined) {
    id = crypto.randomUUID().replaceAll("-", "");
    x.main.variables.set("request_id", id);
  }
  return id;
}

const builtIns: Record<string, (x: Exchange) => Bytes> = {
  args: (x) => x.args,
  query_string: (x) => x.args,
  is_args: (x) => (x.args === "" ? "" : "?"),
  uri: (x) => x.uri,
  document_uri: (x) => x.uri,
  fastcgi_script_name: (x) => x.uri,
  request_uri: (x) => x.main.unparsedUri,
  request_method: (x) => x.main.method,
  request: (x) => `${x.main.method} ${x.main.unparsedUri} HTTP/1.1`,
  request_filename: (x) => filePath(x, x.uri),
  request_id: requestId,
  request_length: (x) => x.request.headers.get("content-length") ?? "0",
  request_time: (x) => ((Date.now() - x.main.startedAt) / 1000).toFixed(3),
  request_completion: () => "",
  document_root: documentRoot,
  realpath_root: documentRoot,
  scheme: (x) => x.url.protocol.slice(0, -1),
  https: (x) => (x.url.protocol === "https:" ? "on" : ""),
  host: (x) => x.host,
  hostname: (x) => x.url.hostname,
  server_name: (x) => x.server.primaryName,
  server_port: (x) => String(x.circumstances.port),
  server_addr: () => "127.0.0.1",
  server_protocol: () => "HTTP/1.1",
  remote_addr: (x) => x.remoteAddress,
  realip_remote_addr: (x) => x.remoteAddress,
  remote_port: () => "0",
  remote_user: (x) => x.remoteUser,
  content_type: (x) => x.request.headers.get("content-type") ?? "",
  content_length: (x) => x.request.headers.get("content-length") ?? "",
  proxy_host: (x) => x.proxyHost,
  proxy_port: (x) => x.proxyPort,
  proxy_add_x_forwarded_for: forwardedFor,
  upstream_addr: (x) => x.upstreamAddress,
  upstream_status: (x) => x.upstreamStatus,
  upstream_response_time: (x) => ((Date.now() - x.startedAt) / 1000).toFixed(3),
  status: (x) => String(x.answer?.status ?? 0).padStart(3, "0"),
  body_bytes_sent: (x) => String(x.answer?.length ?? 0),
  msec: () => (Date.now() / 1000).toFixed(3),
  time_iso8601: () => iso8601(new Date()),
  time_local: () => logTime(new Date()),
  date_gmt: () => new Date().toUTCString().replace("GMT", "UTC"),
  date_local: () => new Date().toUTCString().replace("GMT", "UTC"),
  nginx_version: () => "1",
  pid: () => "1",
  connections_active: (x) => String(x.gateway.counters.active),
  connections_reading: () => "0",
  connections_writing: (x) => String(x.gateway.counters.active),
  connections_waiting: () => "0",
};
