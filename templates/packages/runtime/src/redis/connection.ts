import type { ByteStream } from "../transport";
import { ProtocolError } from "./errors";
import { ErrorReply, type Push, type Reply, type Status } from "./reply";
import { ReplyEncoder, RequestParser } from "./resp";
import type { Server } from "./server";
import type { Session, Transaction } from "./session";

/** Unsent bytes at which a client's next commands are not read until it has taken its replies. */
const PAUSE_READING_BYTES = 4 * 1024 * 1024;
/** Unsent bytes at which a client is cut off: a subscriber that does not keep up (as `client-output-buffer-limit pubsub`). */
const DISCONNECT_BYTES = 32 * 1024 * 1024;

/** One client: reads its commands, has them executed, and writes the replies. */
export class Connection implements Session {
  readonly id: number;
  protocol = 2;
  database = 0;
  name = "";
  library = { name: "", version: "" };
  authenticated: boolean;
  transaction: Transaction | null = null;
  watchFailed = false;
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly shardChannels = new Set<string>();
  replies: Session["replies"] = "on";
  monitoring = false;
  readonly connectedAt = Date.now();
  lastCommandAt = Date.now();
  lastCommand = "NULL";

  private readonly server: Server;
  private readonly stream: ByteStream;
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  private readonly parser = new RequestParser();
  private readonly encoder = new ReplyEncoder();
  /** Bytes handed to the writer and not yet taken by it. */
  private unsent = 0;
  private sending: Promise<void> | null = null;
  private ending = false;
  private resumeReading: (() => void) | null = null;

  constructor(server: Server, stream: ByteStream) {
    this.server = server;
    this.stream = stream;
    this.writer = stream.writable.getWriter();
    this.id = server.newSessionId();
    this.authenticated = server.config.get("requirepass") === "";
  }

  /** Serves the client until it or the server ends the connection. */
  async serve(): Promise<void> {
    this.server.open(this);
    const reader = this.stream.readable.getReader();
    try {
      while (!this.ending) {
        // A broken connection is an ended one: there is nobody left to tell.
        const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }) as const);
        if (done) break;
        this.parser.push(value);
        this.executeBuffered();
        await this.readyToRead();
      }
    } finally {
      this.server.close(this);
      this.ending = true;
      await this.sending;
      await Promise.allSettled([reader.cancel(), this.writer.close()]);
      await this.stream.close().catch(() => {});
    }
  }

  push(message: Push | Status): void {
    if (this.ending) return;
    this.encoder.write(message, this.protocol);
    if (this.encoder.size + this.unsent > DISCONNECT_BYTES) {
      this.disconnect();
      return;
    }
    this.flush();
  }

  unblock(reply: Reply): void {
    this.write(reply);
    this.executeBuffered();
    this.resumeReading?.();
  }

  end(): void {
    this.ending = true;
  }

  /** Executes the commands that have arrived; their replies leave together. */
  private executeBuffered(): void {
    try {
      while (!this.ending && !this.server.blocked.has(this)) {
        const argv = this.parser.next();
        if (argv === null) break;
        this.write(this.server.execute(this, argv));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.write(new ErrorReply(`ERR Protocol error: ${error.message}`));
      this.end();
    }
    this.flush();
  }

  private write(reply: Reply): void {
    if (this.replies === "on") this.encoder.write(reply, this.protocol);
    else if (this.replies === "skip-next") this.replies = "skip";
    else if (this.replies === "skip") this.replies = "on";
  }

  /** Sends what has been encoded. While one write is under way the next bytes gather, and then go together. */
  private flush(): void {
    if (this.sending !== null || this.encoder.size === 0) return;
    this.sending = this.send().finally(() => {
      this.sending = null;
      this.resumeReading?.();
    });
  }

  private async send(): Promise<void> {
    try {
      while (this.encoder.size > 0) {
        this.unsent = this.encoder.size;
        await this.writer.write(this.encoder.take());
        this.unsent = 0;
      }
    } catch {
      this.disconnect();
    }
  }

  /** Waits while the client does not take its replies, or is blocked and keeps sending. */
  private async readyToRead(): Promise<void> {
    while (
      !this.ending &&
      (this.unsent + this.encoder.size > PAUSE_READING_BYTES || this.parser.buffered > PAUSE_READING_BYTES) &&
      (this.sending !== null || this.server.blocked.has(this))
    ) {
      await new Promise<void>((resolve) => {
        this.resumeReading = resolve;
      });
      this.resumeReading = null;
    }
  }

  disconnect(): void {
    this.ending = true;
    this.stream.close().catch(() => {});
    this.resumeReading?.();
  }
}
