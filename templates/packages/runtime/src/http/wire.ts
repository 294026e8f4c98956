import { Request, type Response } from "../native";
import type { ByteStream } from "../transport";

/**
 * HTTP/1.1 on a raw connection to a port that serves HTTP.
 *
 * HTTP inside the project goes by fetch. But some clients speak it on sockets of their own: undici, and whatever was not written
 * for Node. Requests are read here and handed to the server as fetch requests; there are no upgrades this way.
 */

interface Head {
  method: string;
  target: string;
  version: string;
  headers: [name: string, value: string][];
}

/** Longest head that is read; Node's own limit. */
const MAX_HEAD_BYTES = 16 * 1024;

const encoder = new TextEncoder();

/** Answers the requests of one connection, one after the other, until either side ends it. */
export async function serveWire(stream: ByteStream, serve: (request: Request) => Promise<Response>): Promise<void> {
  const input = new WireReader(stream.readable);
  const writer = stream.writable.getWriter();
  writer.closed.catch(() => {}); // told by the next write
  try {
    for (let head = await input.head(); head; head = await input.head()) {
      const body = new RequestBody(input, head);
      const response = await serve(toRequest(head, body));
      const isLast = lastOfConnection(head);
      await writeResponse(writer, response, head.method, isLast);
      await body.drain();
      if (isLast) break;
    }
    await writer.close();
  } catch (error) {
    await Promise.allSettled([writer.abort(error), input.cancel(error)]);
  }
  await stream.close();
}

function toRequest(head: Head, body: RequestBody): Request {
  const host = header(head, "host") ?? "localhost";
  const hasBody = body.exists && head.method !== "GET" && head.method !== "HEAD";
  const headers = head.headers.filter(
    ([name]) => !["connection", "upgrade", "keep-alive"].includes(name.toLowerCase()),
  );
  return new Request(`http://${host}${head.target}`, {
    method: head.method,
    headers,
    body: hasBody ? body.stream() : null,
    redirect: "manual",
  });
}

function header(head: Head, wanted: string): string | undefined {
  return head.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function lastOfConnection(head: Head): boolean {
  const connection = header(head, "connection")?.toLowerCase() ?? "";
  return connection.includes("close") || (head.version === "1.0" && !connection.includes("keep-alive"));
}

type Writer = WritableStreamDefaultWriter<Uint8Array>;

async function writeResponse(writer: Writer, response: Response, method: string, isLast: boolean): Promise<void> {
  const bodiless = method === "HEAD" || response.status === 204 || response.status === 304;
  const declared = response.headers.get("content-length");
  const chunked = !bodiless && response.body !== null && declared === null;
  let head = `HTTP/1.1 ${response.status} ${response.statusText}\r\n`;
  for (const [name, value] of response.headers) head += `${name}: ${value}\r\n`;
  if (chunked) head += "transfer-encoding: chunked\r\n";
  if (!bodiless && response.body === null && declared === null) head += "content-length: 0\r\n";
  head += `connection: ${isLast ? "close" : "keep-alive"}\r\n\r\n`;
  await writer.write(encoder.encode(head));
  if (bodiless || !response.body) return;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    if (part.byteLength === 0) continue;
    if (chunked) await writer.write(encoder.encode(`${part.byteLength.toString(16)}\r\n`));
    await writer.write(part);
    if (chunked) await writer.write(encoder.encode("\r\n"));
  }
  if (chunked) await writer.write(encoder.encode("0\r\n\r\n"));
}

/** Reads lines and counts of bytes from a stream. */
class WireReader {
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(readable: ReadableStream<Uint8Array>) {
    this.#reader = readable.getReader();
    this.#reader.closed.catch(() => {}); // told by the next read
  }

  async cancel(reason: unknown): Promise<void> {
    await this.#reader.cancel(reason);
  }

  /** The next request's head; undefined when the client has ended the connection. */
  async head(): Promise<Head | undefined> {
    const text = await this.#until("\r\n\r\n");
    if (text === undefined) return undefined;
    const [requestLine = "", ...lines] = text.replace(/^(\r\n)+/, "").split("\r\n");
    const match = /^(\S+) (\/\S*) HTTP\/(1\.[01])$/.exec(requestLine);
    if (!match) throw new Error(`no HTTP request: ${requestLine.slice(0, 100)}`);
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
    return { method: match[1] as string, target: match[2] as string, version: match[3] as string, headers };
  }

  async line(): Promise<string> {
    const line = await this.#until("\r\n");
    if (line === undefined) throw new Error("the connection ended in the middle of a request");
    return line;
  }

  /** Some of the next `limit` bytes, at least one. */
  async bytes(limit: number): Promise<Uint8Array> {
    if (this.#buffered.byteLength === 0 && !(await this.#more()))
      throw new Error("the connection ended in the middle of a request");
    const part = this.#buffered.subarray(0, limit);
    this.#buffered = this.#buffered.subarray(part.byteLength);
    return new Uint8Array(part);
  }

  async #until(mark: string): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffered.indexOf(mark);
      if (end >= 0) {
        const text = this.#buffered.subarray(0, end).toString("latin1");
        this.#buffered = this.#buffered.subarray(end + mark.length);
        return text;
      }
      if (this.#buffered.byteLength > MAX_HEAD_BYTES) throw new Error("the head of the request is too long");
      if (!(await this.#more())) return undefined;
    }
  }

  async #more(): Promise<boolean> {
    const part = await this.#reader.read();
    if (part.done) return false;
    this.#buffered = Buffer.concat([this.#buffered, part.value]);
    return true;
  }
}

/** The body of one request: its declared length, or chunks. */
class RequestBody {
  readonly exists: boolean;
  #input: WireReader;
  #chunked: boolean;
  /** Bytes left of the body, or of the chunk under way. */
  #left: number;
  #done: boolean;

  constructor(input: WireReader, head: Head) {
    this.#input = input;
    this.#chunked = /chunked/i.test(header(head, "transfer-encoding") ?? "");
    this.#left = this.#chunked ? 0 : Number(header(head, "content-length") ?? 0);
    if (!Number.isSafeInteger(this.#left) || this.#left < 0)
      throw new Error("the request's content-length is no number");
    this.exists = this.#chunked || this.#left > 0;
    this.#done = !this.exists;
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const part = await this.#next();
        if (part) controller.enqueue(part);
        else controller.close();
      },
    });
  }

  /** Skips what the server has not read, so that the next request can be. */
  async drain(): Promise<void> {
    while (await this.#next());
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#done) return undefined;
    if (this.#chunked && this.#left === 0) await this.#startChunk();
    if (this.#done) return undefined;
    const part = await this.#input.bytes(this.#left);
    this.#left -= part.byteLength;
    if (this.#left === 0) {
      if (this.#chunked) await this.#input.line();
      else this.#done = true;
    }
    return part;
  }

  async #startChunk(): Promise<void> {
    this.#left = Number.parseInt(await this.#input.line(), 16);
    if (!Number.isSafeInteger(this.#left)) throw new Error("the length of a chunk is no number");
    if (this.#left > 0) return;
    this.#done = true;
    while ((await this.#input.line()) !== ""); // trailers
  }
}
