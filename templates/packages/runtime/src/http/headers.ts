/** Header fields: validation with Node's errors, and the two directions between Node's shapes and `Headers`. */

import type { IncomingHttpHeaders, OutgoingHttpHeader } from "node:http";
import { codedError } from "../errors";
import { Headers } from "../native";

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Throws as Node does for a name that is no HTTP token. */
export function validateHeaderName(name: unknown, label = "Header name"): asserts name is string {
  if (typeof name !== "string" || !TOKEN.test(name)) {
    throw codedError("ERR_INVALID_HTTP_TOKEN", `${label} must be a valid HTTP token ["${String(name)}"]`, TypeError);
  }
}

/** Throws as Node does for a value that is undefined or holds characters a header may not have. */
export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) {
    throw codedError("ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "undefined" for header "${name}"`, TypeError);
  }
  if (INVALID_VALUE.test(String(value))) {
    throw codedError("ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`, TypeError);
  }
}

/** Fields that belong to one hop: Workers write their own, and refuse or drop these. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
]);

/** The `Headers` for fields that an app has set. */
export function toFetchHeaders(fields: Iterable<[string, OutgoingHttpHeader]>): Headers {
  const headers = new Headers();
  for (const [name, value] of fields) {
    if (HOP_BY_HOP.has(name.toLowerCase())) continue;
    if (Array.isArray(value)) {
      for (const item of value) headers.append(name, item);
    } else {
      headers.append(name, String(value));
    }
  }
  return headers;
}

/** Node keeps only the first of these when a message carries several. */
const FIRST_ONLY = new Set(
  (
    "age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since " +
    "last-modified location max-forwards proxy-authorization referer retry-after server user-agent"
  ).split(" "),
);

/** Node's list form of the fields: name, value, name, value, … */
export function toRawHeaders(headers: Headers): string[] {
  const raw: string[] = [];
  headers.forEach((value, name) => raw.push(name, value));
  return raw;
}

/** Node's object form: names in lower case, `set-cookie` as a list, duplicates joined or dropped. */
export function parseRawHeaders(raw: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string | string[] | undefined> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (name === "set-cookie") {
      headers[name] = [...((known as string[] | undefined) ?? []), value];
    } else if (known === undefined) {
      headers[name] = value;
    } else if (!FIRST_ONLY.has(name)) {
      headers[name] = `${known as string}${name === "cookie" ? "; " : ", "}${value}`;
    }
  }
  return headers;
}

/** Like parseRawHeaders, with every value in a list. */
export function parseRawHeadersDistinct(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of pairs(raw)) (headers[name] ??= []).push(value);
  return headers;
}

function* pairs(raw: readonly string[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2)
    yield [(raw[index] as string).toLowerCase(), raw[index + 1] as string];
}
