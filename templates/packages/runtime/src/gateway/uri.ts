/**
 * URIs the way nginx handles them: as bytes.
 *
 * nginx decodes the path once, works on the raw bytes and escapes them again when it builds another URL. A `Bytes` is such
 * a text: a string whose characters are bytes (0–255), so that regular expressions and comparisons see what nginx sees.
 */
export type Bytes = string;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The UTF-8 bytes of a text. */
export function toBytes(text: string): Bytes {
  return /^[\x00-\x7f]*$/.test(text) ? text : String.fromCharCode(...encoder.encode(text));
}

/** The text that bytes spell in UTF-8. */
export function fromBytes(bytes: Bytes): string {
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : decoder.decode(toArray(bytes));
}

/** The bytes themselves. */
export function toArray(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes, (c) => c.charCodeAt(0));
}

/** A path after decoding, and what nginx remembers of how it was written. */
export interface ParsedPath {
  uri: Bytes;
  /** The path held escapes: captures are escaped again where they end up in a URL. */
  quoted: boolean;
  plus: boolean;
}

/** Decodes and normalises the path of a URL. Null: nginx answers 400. */
export function parsePath(path: string, mergeSlashes: boolean): ParsedPath | null {
  if (/%(?![0-9a-f]{2})/i.test(path) || /%00/.test(path)) {
    return null;
  }
  const decoded = toBytes(path).replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const uri = removeDots(mergeSlashes ? decoded.replace(/\/{2,}/g, "/") : decoded);
  return uri === null ? null : { uri, quoted: path.includes("%"), plus: path.includes("+") };
}

/** Resolves `.` and `..`; null when the path leaves the root. */
function removeDots(path: Bytes): Bytes | null {
  if (!/\/\.\.?(?:\/|$)/.test(path)) {
    return path;
  }
  const segments: string[] = [];
  const parts = path.split("/").slice(1);
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    if (part === ".." && segments.pop() === undefined) {
      return null;
    }
    if (part !== "." && part !== "..") {
      segments.push(part);
    } else if (isLast) {
      segments.push("");
    }
  }
  return "/" + segments.join("/");
}

function escapeBytes(bytes: Bytes, special: RegExp): string {
  return bytes.replace(special, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"));
}

/** Escapes what may not stand in a path (NGX_ESCAPE_URI). */
export function escapePath(path: Bytes): string {
  return escapeBytes(path, /[\x00-\x20"#%<>?\\^`{|}\x7f-\xff]/g);
}

/** Escapes what may not stand in one argument of a query (NGX_ESCAPE_ARGS). */
export function escapeArgument(text: Bytes): string {
  return escapeBytes(text, /[\x00-\x20"#%&+;<>?\\^`{|}\x7f-\xff]/g);
}

/** Undoes the escapes that a redirect does not need (NGX_UNESCAPE_REDIRECT): those of printable characters in the path. */
export function unescapeRedirect(url: Bytes): Bytes {
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > 0x25 && code < 0x7f ? String.fromCharCode(code) : escape;
  });
  return decoded + (query < 0 ? "" : url.slice(query));
}

/** The path and the query of a URI written in the configuration. */
export function splitQuery(uri: Bytes): { path: Bytes; args: Bytes } {
  const at = uri.indexOf("?");
  return at < 0 ? { path: uri, args: "" } : { path: uri.slice(0, at), args: uri.slice(at + 1) };
}

/** The extension of the last path segment in lower case, or "". A name that begins with its only dot has none. */
export function extension(uri: Bytes): string {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}
