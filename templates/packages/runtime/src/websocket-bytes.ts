import type { ByteStream } from "./transport";

/** Bytes of one message. Well below the platform's limit of 32 MiB, so that several fit into its buffers. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/**
 * How many bytes may be on the way before the writer waits. WebSockets have no backpressure of their own, so the reader tells
 * how much it has consumed.
 */
const WINDOW_BYTES = 1024 * 1024;

/** A reader reports after this many bytes, so that the writer never has to stop for a reader that keeps up. */
const ACKNOWLEDGE_BYTES = WINDOW_BYTES / 4;

/**
 * A byte stream over a WebSocket: the websocket transport's protocol. Binary messages are bytes, the text "end" half-closes,
 * the text "ack N" says that N more bytes have been read.
 */
export class WebSocketBytes implements ByteStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<unknown>;

  #socket: WebSocket | undefined;
  #incoming!: ReadableStreamDefaultController<Uint8Array>;
  #outgoing!: WritableStreamDefaultController;
  #done = Promise.withResolvers<void>();
  #received = 0;
  #acknowledged = 0;
  #unacknowledged = 0;
  #windowOpened: (() => void) | undefined;
  #readEnded = false;
  #writeEnded = false;
  #finished = false;

  constructor(socket: Promise<WebSocket>) {
    this.closed = this.#done.promise;
    this.closed.catch(() => {}); // nobody has to look at it
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#incoming = controller),
        pull: () => this.#acknowledge(),
        cancel: () => this.#finish(),
      },
      { highWaterMark: WINDOW_BYTES, size: (chunk) => chunk.byteLength },
    );
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => void (this.#outgoing = controller),
      write: async (chunk) => {
        await this.opened;
        await this.#send(chunk);
      },
      close: async () => {
        await this.opened;
        this.#endWriting();
      },
      abort: () => this.#finish(),
    });
    this.opened = socket.then((open) => this.#attach(open));
    this.opened.catch((error: unknown) => this.#finish(error));
  }

  close(): Promise<void> {
    this.#finish();
    return Promise.resolve();
  }

  #attach(socket: WebSocket): void {
    socket.binaryType = "arraybuffer";
    socket.accept();
    if (this.#finished) return socket.close(1000);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(data as ArrayBuffer | string));
    socket.addEventListener("close", ({ code }) => {
      const orderly = code === 1000 || code === 1005;
      this.#finish(orderly ? undefined : new Error(`the connection was lost (WebSocket status ${code})`));
    });
    socket.addEventListener("error", () => this.#finish(new Error("the connection was lost")));
  }

  #receive(message: ArrayBuffer | string): void {
    if (this.#finished) return;
    if (typeof message !== "string") {
      this.#received += message.byteLength;
      if (!this.#readEnded) this.#incoming.enqueue(new Uint8Array(message));
    } else if (message === "end") {
      this.#endReading();
      if (this.#writeEnded) this.#finish();
    } else if (message.startsWith("ack ")) {
      this.#unacknowledged -= Number(message.slice("ack ".length));
      this.#windowOpened?.();
    }
  }

  /** Called whenever the reader has made room: what is no longer queued has been read. */
  #acknowledge(): void {
    const queued = WINDOW_BYTES - (this.#incoming.desiredSize ?? WINDOW_BYTES);
    const consumed = this.#received - queued;
    if (consumed - this.#acknowledged < ACKNOWLEDGE_BYTES) return;
    this.#socket?.send(`ack ${consumed - this.#acknowledged}`);
    this.#acknowledged = consumed;
  }

  async #send(chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.byteLength; start += MAX_MESSAGE_BYTES) {
      while (this.#unacknowledged >= WINDOW_BYTES && !this.#finished) {
        await new Promise<void>((resolve) => (this.#windowOpened = resolve));
      }
      if (this.#finished || !this.#socket) throw new Error("the connection is closed");
      const part = chunk.subarray(start, start + MAX_MESSAGE_BYTES);
      this.#unacknowledged += part.byteLength;
      this.#socket.send(part);
    }
  }

  #endReading(): void {
    if (this.#readEnded) return;
    this.#readEnded = true;
    this.#incoming.close();
  }

  #endWriting(): void {
    if (this.#writeEnded || this.#finished) return;
    this.#writeEnded = true;
    this.#socket?.send("end");
    if (this.#readEnded) this.#finish();
  }

  /** Ends both directions, once; with an error, the reader and the writer see it. */
  #finish(error?: unknown): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#windowOpened?.();
    if (error === undefined) {
      this.#done.resolve();
    } else {
      this.#done.reject(error);
    }
    if (!this.#readEnded) {
      this.#readEnded = true;
      try {
        if (error === undefined) this.#incoming.close();
        else this.#incoming.error(error);
      } catch {
        // the reader has cancelled: there is nothing left to end
      }
    }
    if (!this.#writeEnded) this.#outgoing.error(error ?? new Error("the connection is closed"));
    try {
      this.#socket?.close(1000);
    } catch {
      // the other side was first
    }
  }
}
