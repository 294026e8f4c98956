import type { ByteStream } from "../transport";
import { ProtocolError } from "./errors";
import type { Server } from "./server";
import type { Conversation } from "./auth/scram";
import { encodeReply, MessageReader } from "./wire";

/** What the server knows of one client's connection. */
export class Connection {
  readonly id: number;
  /** The authenticated user; null: nobody yet. */
  user: { db: string; name: string } | null = null;
  /** An authentication under way. */
  conversation: Conversation | null = null;
  /** What the driver said about itself. */
  metadata: unknown = null;
  /** Cursors that nobody can continue once the connection is gone. */
  readonly tailing = new Set<() => void>();

  readonly #server: Server;
  readonly #stream: ByteStream;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader = new MessageReader();
  #ended = false;
  #replies = 0;

  constructor(server: Server, stream: ByteStream) {
    this.#server = server;
    this.#stream = stream;
    this.#writer = stream.writable.getWriter();
    this.id = server.newConnectionId();
  }

  /** Serves the client until one side ends the connection. Commands are answered one after the other. */
  async serve(): Promise<void> {
    this.#server.open(this);
    const reader = this.#stream.readable.getReader();
    // Reading goes on while a command waits, or the end of the connection would not be seen.
    let answering = Promise.resolve();
    try {
      while (!this.#ended) {
        const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }) as const);
        if (done) break;
        this.#reader.push(value);
        answering = answering.then(() => this.#answerBuffered());
        if (this.#reader.buffered > PAUSE_READING_BYTES) await answering;
      }
    } finally {
      this.#ended = true;
      for (const stop of this.tailing) stop();
      await answering.catch(() => {});
      this.#server.close(this);
      await Promise.allSettled([reader.cancel(), this.#writer.close()]);
      await this.#stream.close().catch(() => {});
    }
  }

  async #answerBuffered(): Promise<void> {
    try {
      for (;;) {
        const request = this.#reader.next();
        if (request === null) return;
        const answer = this.#server.execute(this, request.body);
        const reply = answer instanceof Promise ? await answer : answer;
        if (!request.silent) await this.#writer.write(encodeReply(request, reply, ++this.#replies));
      }
    } catch (error) {
      if (error instanceof ProtocolError) console.error(`mongodb: ${error.message}; the connection is closed`);
      else if (!this.#ended) console.error("mongodb:", error);
      this.#ended = true;
      await this.#stream.close().catch(() => {});
    }
  }
}

/** Bytes not yet looked at, beyond which the client has to wait. One message may have 48 MB. */
const PAUSE_READING_BYTES = 64 * 1024 * 1024;
