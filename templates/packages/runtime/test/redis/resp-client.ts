/** A client that keeps replies as they come: for comparing two servers byte by byte. */
import { connect, type Socket } from "node:net";

/** One reply: its bytes as latin1 text, and its parts. */
export interface RawReply {
  text: string;
  type: string;
  /** For aggregates: the elements (a map's keys and values alternate). */
  items: RawReply[];
}

export class RawClient {
  readonly #socket: Socket;
  #received = "";
  #waiting: (() => void) | null = null;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#received += text;
      this.#waiting?.();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#closed = true;
      this.#waiting?.();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  command(...args: (string | Buffer)[]): Promise<RawReply> {
    this.send(encodeCommand(args));
    return this.read();
  }

  /** The next reply. Fails when none has come within five seconds, or the server closes the connection. */
  async read(): Promise<RawReply> {
    const deadline = Date.now() + 5000;
    for (;;) {
      const parsed = parseReply(this.#received, 0);
      if (parsed) {
        this.#received = this.#received.slice(parsed.end);
        return parsed.reply;
      }
      if (this.#closed) throw new Error(`closed after ${JSON.stringify(this.#received)}`);
      if (Date.now() > deadline) throw new Error(`no reply; received so far: ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** All that arrives until nothing has come for `quietMs`. */
  async drain(quietMs: number): Promise<string> {
    let seen = -1;
    while (seen !== this.#received.length) {
      seen = this.#received.length;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
    const text = this.#received;
    this.#received = "";
    return text;
  }

  /** Whether the server has closed the connection; waits for it up to two seconds. */
  async closed(): Promise<boolean> {
    for (let i = 0; i < 100 && !this.#closed; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    return this.#closed;
  }

  close(): void {
    this.#socket.destroy();
  }
}

export function encodeCommand(args: readonly (string | Buffer)[]): Buffer {
  const parts = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = typeof arg === "string" ? Buffer.from(arg) : arg;
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));
  }
  return Buffer.concat(parts);
}

function parseReply(text: string, start: number): { reply: RawReply; end: number } | null {
  const lineEnd = text.indexOf("\r\n", start);
  if (lineEnd < 0) return null;
  const type = text[start]!;
  const head = text.slice(start + 1, lineEnd);
  let end = lineEnd + 2;
  const items: RawReply[] = [];
  if (type === "$" || type === "=") {
    if (Number(head) >= 0) end += Number(head) + 2;
    if (end > text.length) return null;
  } else if ("*%~>".includes(type)) {
    const count = Number(head) * (type === "%" ? 2 : 1);
    for (let i = 0; i < count; i++) {
      const parsed = parseReply(text, end);
      if (!parsed) return null;
      items.push(parsed.reply);
      end = parsed.end;
    }
  }
  return { reply: { text: text.slice(start, end), type, items }, end };
}
