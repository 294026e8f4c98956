import { status, type Answer, type Body, type Outcome } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { expiryHeaders } from "./expires.ts";
import { applyRange } from "./ranges.ts";
import { applySsi } from "./ssi.ts";
import type { Bytes } from "./uri.ts";

/** Answers that carry headers without `always`. */
const successful = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

const withoutBody = new Set([101, 204, 205, 304]);

const defaultCharsetTypes = [
  "text/html",
  "text/xml",
  "text/plain",
  "text/vnd.wap.wml",
  "application/javascript",
  "application/rss+xml",
];

/**
 * nginx's header filters, in its order: conditions, expires and add_header, charset, SSI, ranges, and the header itself.
 * An outcome instead of a response: a condition failed, and nginx answers with its page for that.
 */
export async function finish(x: Exchange, answer: Answer): Promise<Response | Outcome> {
  x.answer = answer;
  if (answer.webSocket) {
    return new Response(null, { status: 101, webSocket: answer.webSocket, headers: answer.headers });
  }
  const failed = checkConditions(x, answer);
  if (failed) {
    return failed;
  }
  addHeaders(x, answer);
  addCharset(x, answer);
  await applySsi(x, answer);
  const unsatisfiable = await applyRange(x, answer);
  if (unsatisfiable) {
    return unsatisfiable;
  }
  return toResponse(x, answer, await bodyOf(x, answer));
}

/** If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since, for all but the upstreams' answers. */
function checkConditions(x: Exchange, answer: Answer): Outcome | null {
  if (answer.fromUpstream || answer.status !== 200) {
    return null;
  }
  const header = (name: string): string | null => x.request.headers.get(name);
  const ifMatch = header("if-match");
  const ifNoneMatch = header("if-none-match");
  const modifiedSince = header("if-modified-since");
  const unmodifiedSince = header("if-unmodified-since");
  if (unmodifiedSince !== null && isNewerThan(answer, unmodifiedSince)) {
    return status(412);
  }
  if (ifMatch !== null && !matchesTag(ifMatch, answer.etag, false)) {
    return status(412);
  }
  if (ifNoneMatch === null && modifiedSince === null) {
    return null;
  }
  if (modifiedSince !== null && isModifiedSince(x, answer, modifiedSince)) {
    return null;
  }
  if (ifNoneMatch !== null && !matchesTag(ifNoneMatch, answer.etag, true)) {
    return null;
  }
  answer.status = 304;
  answer.contentType = "";
  answer.length = null;
  answer.body = null;
  delete answer.read;
  return null;
}

function isNewerThan(answer: Answer, date: string): boolean {
  const seconds = Date.parse(date) / 1000;
  return Number.isNaN(seconds) || (answer.lastModified ?? 0) > seconds;
}

/** nginx compares for equality unless told otherwise: a file that became older has changed too. */
function isModifiedSince(x: Exchange, answer: Answer, date: string): boolean {
  const mode = x.settings.ifModifiedSince ?? "exact";
  const seconds = Date.parse(date) / 1000;
  if (mode === "off" || answer.lastModified === undefined) {
    return true;
  }
  if (seconds === answer.lastModified) {
    return false;
  }
  return mode === "exact" || !(seconds >= answer.lastModified);
}

function matchesTag(header: string, etag: string | undefined, weak: boolean): boolean {
  if (header.trim() === "*") {
    return true;
  }
  const bare = (tag: string): string => (weak ? tag.replace(/^W\//, "") : tag);
  return etag !== undefined && header.split(",").some((tag) => bare(tag.trim()) === bare(etag));
}

function addHeaders(x: Exchange, answer: Answer): void {
  const isSuccessful = successful.has(answer.status);
  if (isSuccessful) {
    const headers = expiryHeaders(x, answer, Date.now());
    if (headers) {
      answer.headers.set("expires", headers.expires);
      answer.headers.set("cache-control", headers.cacheControl);
    }
  }
  for (const { name, value, always } of x.settings.addHeaders ?? []) {
    if (isSuccessful || always) {
      addHeader(answer, name, x.expand(value));
    }
  }
}

/** An empty value adds nothing; of the two headers that a file brings along it removes the file's own. */
function addHeader(answer: Answer, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case "last-modified":
      delete answer.lastModified;
      if (value !== "") {
        answer.lastModified = Date.parse(value) / 1000;
      }
      break;
    case "etag":
      delete answer.etag;
      if (value !== "") {
        answer.etag = value;
      }
      break;
    default:
      if (value !== "") {
        answer.headers.append(name, value);
      }
  }
}

/** Old browsers took the charset of a redirect for that of the next page, so nginx names none there. */
function addCharset(x: Exchange, answer: Answer): void {
  if (answer.status === 301 || answer.status === 302) {
    return;
  }
  const charset = x.settings.charset === undefined ? "off" : x.expand(x.settings.charset);
  const [type = ""] = answer.contentType.split(";");
  const types = x.settings.charsetTypes ?? defaultCharsetTypes;
  const fits = types.includes("*") || types.includes(type.trim()) || type.trim() === "text/html";
  if (charset !== "off" && type !== "" && fits && !/;\s*charset=/i.test(answer.contentType)) {
    answer.contentType += `; charset=${charset}`;
  }
}

async function bodyOf(x: Exchange, answer: Answer): Promise<Body> {
  if (x.main.method === "HEAD" || withoutBody.has(answer.status)) {
    if (answer.body instanceof ReadableStream) {
      await answer.body.cancel();
    }
    return null;
  }
  return answer.read && answer.length !== null ? answer.read(0, answer.length) : answer.body;
}

function toResponse(x: Exchange, answer: Answer, body: Body): Response {
  const { headers } = answer;
  x.errorHeaders.forEach((value, name) => headers.set(name, value));
  headers.set("server", headers.get("server") ?? "nginx");
  setOrDelete(headers, "content-type", answer.contentType);
  setOrDelete(headers, "content-length", answer.length === null ? "" : String(answer.length));
  if (answer.lastModified !== undefined && [200, 206, 304].includes(answer.status)) {
    headers.set("last-modified", new Date(answer.lastModified * 1000).toUTCString());
  }
  if (answer.etag !== undefined) {
    headers.set("etag", answer.etag);
  }
  if (answer.location !== undefined) {
    headers.set("location", absolute(x, answer.location));
  }
  // A file that is compressed already must not be compressed once more on the way out.
  const encodeBody = headers.has("content-encoding") && !answer.fromUpstream ? "manual" : "automatic";
  return new Response(body, { status: answer.status, headers, encodeBody });
}

function setOrDelete(headers: Headers, name: string, value: string): void {
  if (value === "") {
    headers.delete(name);
  } else {
    headers.set(name, value);
  }
}

/** Redirects within the site name the site, as the client named it. */
function absolute(x: Exchange, location: Bytes): Bytes {
  if (!location.startsWith("/") || x.settings.absoluteRedirect === false) {
    return location;
  }
  const host = x.settings.serverNameInRedirect ? x.server.primaryName : x.host;
  return `${x.url.protocol}//${host}${x.portSuffix}${location}`;
}
