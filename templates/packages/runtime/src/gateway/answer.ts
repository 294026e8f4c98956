import { errorPageBody } from "./error-pages.ts";
import { toArray, toBytes, type Bytes } from "./uri.ts";

export type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

/** What a handler answers, before headers are added and conditions are checked. */
export interface Answer {
  status: number;
  /** All headers but those that have a field of their own. */
  headers: Headers;
  body: Body;
  /** Bytes of the body; null when they are not known beforehand. */
  length: number | null;
  /** With the charset that came with it, if any. */
  contentType: string;
  /** Made absolute when it begins with a slash. */
  location?: Bytes;
  /** Seconds since 1970. */
  lastModified?: number;
  etag?: string;
  /** The answer is a file: conditions and ranges apply, and this reads a part of it, `end` excluded. */
  read?: (start: number, end: number) => Promise<Body>;
  webSocket?: WebSocket;
  /**
   * An upstream has made the answer: it has judged the request's conditions itself, and the runtime has undone the body's
   * Content-Encoding while reading, and does it again while writing.
   */
  fromUpstream?: boolean;
}

/** What a step of the processing leads to. */
export type Outcome =
  | { kind: "answer"; answer: Answer }
  /** nginx's own answer for a status, or its error page. */
  | { kind: "status"; status: number; headers?: Headers; location?: Bytes }
  | { kind: "redirect"; uri: Bytes }
  | { kind: "named"; name: string };

export function answered(answer: Answer): Outcome {
  return { kind: "answer", answer };
}

export function status(code: number): Outcome {
  return { kind: "status", status: code };
}

/** A redirect with nginx's own page. */
export function redirect(code: number, location: Bytes): Outcome {
  return { kind: "status", status: code, location };
}

/** An answer with a text of the configuration. */
export function textAnswer(code: number, text: Bytes, contentType: string): Answer {
  const body = toArray(text);
  return { status: code, headers: new Headers(), body, length: body.length, contentType };
}

/** nginx's own page for a status. 204 and the like have none. */
export function builtInAnswer(code: number, userAgent: string, padding: boolean): Answer {
  const text = errorPageBody(code, userAgent, padding);
  const answer = textAnswer(code, toBytes(text ?? ""), "text/html");
  if (text === null) {
    answer.body = null;
    answer.contentType = "";
    answer.length = code === 204 ? null : 0;
  }
  return answer;
}
