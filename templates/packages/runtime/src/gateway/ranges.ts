import type { Answer, Outcome } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

interface Range {
  start: number;
  /** Excluded. */
  end: number;
}

/** Cuts the parts out that the client asked for. An outcome: there is no such part (416). */
export async function applyRange(x: Exchange, answer: Answer): Promise<Outcome | null> {
  const { read, length, status } = answer;
  const limit = x.settings.maxRanges ?? Number.POSITIVE_INFINITY;
  if (!read || length === null || status !== 200 || limit === 0) {
    return null;
  }
  const header = x.request.headers.get("range");
  if (header === null || length === 0 || !/^bytes=/i.test(header) || !ifRangeHolds(x, answer)) {
    answer.headers.set("accept-ranges", "bytes");
    return null;
  }
  const ranges = parseRanges(header.slice("bytes=".length), length);
  if (ranges === null || ranges.length === 0) {
    const headers = new Headers(answer.headers);
    headers.set("content-range", `bytes */${length}`);
    return { kind: "status", status: 416, headers };
  }
  const total = ranges.reduce((sum, r) => sum + r.end - r.start, 0);
  if (ranges.length > limit || total > length) {
    answer.headers.set("accept-ranges", "bytes");
    return null;
  }
  answer.status = 206;
  delete answer.read;
  const [first] = ranges;
  if (ranges.length === 1 && first) {
    answer.headers.set("content-range", contentRange(first, length));
    answer.length = first.end - first.start;
    if (x.main.method !== "HEAD") {
      answer.body = await read(first.start, first.end);
    }
    return null;
  }
  await multipart(answer, ranges, length, read);
  return null;
}

function contentRange(range: Range, length: number): string {
  return `bytes ${range.start}-${range.end - 1}/${length}`;
}

/** If-Range: the client has parts of this very version. */
function ifRangeHolds(x: Exchange, answer: Answer): boolean {
  const header = x.request.headers.get("if-range");
  if (header === null) {
    return true;
  }
  if (header.startsWith('"')) {
    return header === answer.etag;
  }
  return Date.parse(header) / 1000 === answer.lastModified;
}

/** The ranges that begin inside the file; null when the header is malformed. */
function parseRanges(text: string, length: number): Range[] | null {
  const ranges: Range[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(part);
    if (!match || (match[1] === "" && match[2] === "")) {
      return null;
    }
    const [, first = "", last = ""] = match;
    const start = first === "" ? Math.max(0, length - Number(last)) : Number(first);
    const end = first === "" || last === "" ? length : Math.min(length, Number(last) + 1);
    if (first !== "" && last !== "" && Number(last) < Number(first)) {
      return null;
    }
    if (start < end) {
      ranges.push({ start, end });
    }
  }
  return ranges;
}

/** Several parts in one body. */
async function multipart(
  answer: Answer,
  ranges: Range[],
  length: number,
  read: NonNullable<Answer["read"]>,
): Promise<void> {
  const boundary = String(crypto.getRandomValues(new Uint32Array(1))[0]).padStart(20, "0");
  const type = answer.contentType === "" ? "" : `Content-Type: ${answer.contentType}\r\n`;
  const pieces: (string | ArrayBuffer)[] = [];
  for (const range of ranges) {
    pieces.push(`\r\n--${boundary}\r\n${type}Content-Range: ${contentRange(range, length)}\r\n\r\n`);
    pieces.push(await new Response(await read(range.start, range.end)).arrayBuffer());
  }
  pieces.push(`\r\n--${boundary}--\r\n`);
  const body = new Uint8Array(await new Blob(pieces).arrayBuffer());
  answer.body = body;
  answer.length = body.length;
  answer.contentType = `multipart/byteranges; boundary=${boundary}`;
}
