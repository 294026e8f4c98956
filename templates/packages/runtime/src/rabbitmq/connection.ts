import type { ByteStream } from "../transport";
import type { User } from "./access";
import type { Broker } from "./broker";
import { Channel } from "./channel";
import { AmqpError } from "./errors";
import {
  BODY_FRAME,
  encodeFrame,
  type Frame,
  FRAME_OVERHEAD,
  FrameParser,
  HEADER_FRAME,
  HEARTBEAT,
  HEARTBEAT_FRAME,
  METHOD_FRAME,
  PROTOCOL_HEADER,
} from "./frames";
import { Handshake, LoginRefused } from "./handshake";
import { type Method, type MethodArguments, type MethodName, methodId, readMethod, writeMethod } from "./methods";
import { readContentHeader, writeContentHeader } from "./properties";
import type { Queue } from "./queue";
import { locked, type VirtualHost } from "./vhost";

const BASIC_CLASS = 60;
/** Unsent bytes at which consumers of this connection get no more until it has taken them. */
const CONGESTED_BYTES = 1024 * 1024;
/** Unsent bytes at which nothing more is read from the client. */
const PAUSE_READING_BYTES = 4 * 1024 * 1024;
/** How long a client may take to open the connection, and to answer connection.close. */
const HANDSHAKE_MS = 10_000;
const CLOSE_MS = 5_000;

/** What was agreed while the connection was opened. */
export interface Session {
  user: User;
  vhost: VirtualHost;
  channelMax: number;
  frameMax: number;
  /** Seconds; 0: none. */
  heartbeat: number;
  capabilities: ReadonlySet<string>;
}

/** One client: reads its frames, has them executed, and writes the answers. */
export class Connection {
  readonly exclusiveQueues = new Set<Queue>();
  readonly channels = new Map<number, Channel>();
  /** Null until the connection is open. */
  session: Session | null = null;

  private readonly broker: Broker;
  private readonly stream: ByteStream;
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  private readonly parser = new FrameParser();
  private readonly handshake: Handshake;
  private greeted = false;
  private output: Buffer[] = [];
  private outputBytes = 0;
  /** Bytes handed to the writer and not yet taken by it. */
  private unsent = 0;
  /** A channel held a message back because the client was behind. */
  private channelsWait = false;
  private sending: Promise<void> | null = null;
  private ending = false;
  /** The server has sent connection.close: everything but the answer is ignored. */
  private closing = false;
  private resumeReading: (() => void) | null = null;
  private deadline: ReturnType<typeof setTimeout> | null = null;
  private heartbeatTimer: ReturnType<typeof setInterval> | null = null;
  private receivedAt = Date.now();
  private sentAt = Date.now();
  private currentMethod: MethodName | null = null;

  constructor(broker: Broker, stream: ByteStream) {
    this.broker = broker;
    this.stream = stream;
    this.writer = stream.writable.getWriter();
    this.handshake = new Handshake(broker, this);
  }

  /** Serves the client until it or the server ends the connection. */
  async serve(): Promise<void> {
    this.broker.opened(this);
    this.endAfter(HANDSHAKE_MS);
    const reader = this.stream.readable.getReader();
    try {
      while (!this.ending) {
        // A broken connection is an ended one: there is nobody left to tell.
        const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }) as const);
        if (done) break;
        this.receivedAt = Date.now();
        this.parser.push(value);
        this.executeBuffered();
        await this.readyToRead();
      }
    } finally {
      this.leave();
      this.ending = true;
      await this.sending;
      await Promise.allSettled([reader.cancel(), this.writer.close()]);
      await this.stream.close().catch(() => {});
    }
  }

  // ---- what arrives ----------------------------------------------------------------------------------------------

  private executeBuffered(): void {
    try {
      if (!this.greeted) this.greet();
      while (this.greeted && !this.ending) {
        this.currentMethod = null;
        const frame = this.parser.next();
        if (frame === null) break;
        this.execute(frame);
      }
    } catch (error) {
      this.fail(error, 0);
    }
    for (const channel of this.channels.values()) channel.flushConfirms();
    this.flush();
  }

  /** The eight bytes before the first frame. */
  private greet(): void {
    const header = this.parser.protocolHeader();
    if (header === null) return;
    if (!header.equals(PROTOCOL_HEADER)) {
      // Another version, AMQP 1.0, or no AMQP at all: the answer names the version that is spoken.
      this.write(PROTOCOL_HEADER);
      this.end();
      return;
    }
    this.greeted = true;
    this.handshake.start();
  }

  private execute(frame: Frame): void {
    if (frame.type === HEARTBEAT_FRAME) return;
    const channel = this.channels.get(frame.channel);
    try {
      if (frame.type === METHOD_FRAME) this.executeMethod(frame.channel, readMethod(frame.payload));
      else if (this.closing || channel?.closing) return;
      else if (!channel) throw new AmqpError("CHANNEL_ERROR", "expected 'channel.open'");
      else if (frame.type === HEADER_FRAME) {
        this.currentMethod = "basic.publish";
        channel.header(readContentHeader(frame.payload));
      } else {
        this.currentMethod = "basic.publish";
        channel.body(frame.payload);
      }
    } catch (error) {
      this.fail(error, frame.channel);
    }
  }

  private executeMethod(number: number, method: Method): void {
    this.currentMethod = method.name;
    if (this.closing) {
      if (method.name === "connection.close-ok") this.end();
      else if (method.name === "connection.close") {
        this.send(0, "connection.close-ok", {});
        this.end();
      }
      return;
    }
    if (number === 0) return this.executeOnConnection(method);
    if (!this.session)
      throw new AmqpError("CHANNEL_ERROR", `unexpected method on channel ${number} before connection.open`);
    const channel = this.channels.get(number);
    if (method.name === "channel.open") return this.openChannel(number, channel);
    if (method.name === "channel.close-ok") {
      if (channel?.closing) this.channels.delete(number);
      return;
    }
    if (method.name === "channel.close") {
      if (channel && !channel.closing) this.closeChannel(channel);
      this.channels.delete(number);
      this.send(number, "channel.close-ok", {});
      return;
    }
    if (!channel) throw new AmqpError("CHANNEL_ERROR", "expected 'channel.open'");
    if (!channel.closing) channel.method(method);
  }

  private executeOnConnection(method: Method): void {
    if (method.name === "connection.close") {
      this.send(0, "connection.close-ok", {});
      this.end();
    } else if (!this.session) {
      this.handshake.method(method);
    } else if (method.name === "connection.update-secret") {
      this.send(0, "connection.update-secret-ok", {});
    } else {
      throw new AmqpError("CHANNEL_ERROR", "unexpected method in connection state running");
    }
  }

  /** The handshake is done. */
  established(session: Session): void {
    this.session = session;
    this.clearDeadline();
    this.parser.frameMax = session.frameMax;
    if (session.heartbeat > 0) this.startHeartbeats(session.heartbeat);
  }

  private openChannel(number: number, existing: Channel | undefined): void {
    const { vhost, user, channelMax } = this.session!;
    if (existing) throw new AmqpError("CHANNEL_ERROR", "second 'channel.open' seen");
    if (number > channelMax) {
      throw new AmqpError(
        "NOT_ALLOWED",
        `number of channels opened (${this.channels.size}) has reached the negotiated channel_max (${channelMax})`,
      );
    }
    this.channels.set(number, new Channel(number, this, this.broker, vhost, user));
    this.send(number, "channel.open-ok", { reserved: "" });
  }

  private closeChannel(channel: Channel): void {
    channel.flushConfirms();
    channel.close();
  }

  // ---- errors ----------------------------------------------------------------------------------------------------

  /** Ends the channel or the connection with an error. */
  private fail(thrown: unknown, number: number): void {
    const error = asAmqpError(thrown);
    const nameless = this.currentMethod === null || thrown instanceof LoginRefused;
    const [classId, id] = nameless ? [0, 0] : methodId(this.currentMethod!);
    const close = { code: error.code, text: error.message, classId, methodId: id };
    const channel = this.channels.get(number);
    if (channel && !error.endsConnection) {
      this.closeChannel(channel);
      channel.closing = true;
      this.send(number, "channel.close", close);
      return;
    }
    if (this.closing || this.ending) return;
    this.leave();
    this.send(0, "connection.close", close);
    this.closing = true;
    this.endAfter(CLOSE_MS);
  }

  // ---- what leaves -----------------------------------------------------------------------------------------------

  send<Name extends MethodName>(channel: number, name: Name, args: MethodArguments<Name>): void {
    this.write(encodeFrame(METHOD_FRAME, channel, writeMethod(name, args)));
  }

  /** Sends a method with its content, the body in as many frames as it takes. */
  sendContent<Name extends MethodName>(
    channel: number,
    name: Name,
    args: MethodArguments<Name>,
    properties: Buffer,
    body: Buffer,
  ): void {
    this.send(channel, name, args);
    const header = writeContentHeader(BASIC_CLASS, { bodySize: body.length, properties });
    this.write(encodeFrame(HEADER_FRAME, channel, header));
    const most = this.session!.frameMax - FRAME_OVERHEAD;
    for (let at = 0; at < body.length; at += most) {
      this.write(encodeFrame(BODY_FRAME, channel, body.subarray(at, at + most)));
    }
    this.flushLater();
  }

  private write(bytes: Buffer): void {
    if (this.ending) return;
    this.output.push(bytes);
    this.outputBytes += bytes.length;
    this.flushLater();
  }

  /** Whether the client is behind with reading. If so, its channels are told when it has caught up. */
  isCongested(): boolean {
    const congested = this.outputBytes + this.unsent > CONGESTED_BYTES;
    if (congested) this.channelsWait = true;
    return congested;
  }

  /** What other clients cause leaves with this turn, all at once. */
  private flushLater(): void {
    if (this.sending !== null) return;
    this.sending = Promise.resolve()
      .then(() => this.sendOutput())
      .finally(() => {
        this.sending = null;
        this.resumeReading?.();
      });
  }

  private flush(): void {
    if (this.outputBytes > 0) this.flushLater();
  }

  private async sendOutput(): Promise<void> {
    try {
      while (this.outputBytes > 0) {
        const bytes = this.output.length === 1 ? this.output[0]! : Buffer.concat(this.output);
        this.output = [];
        this.outputBytes = 0;
        this.unsent = bytes.length;
        this.sentAt = Date.now();
        await this.writer.write(bytes);
        this.unsent = 0;
        if (this.channelsWait && !this.isCongested()) this.drained();
      }
    } catch {
      this.disconnect();
    }
  }

  /** The client has caught up: its consumers go on. */
  private drained(): void {
    this.channelsWait = false;
    for (const channel of this.channels.values()) if (!channel.closing) channel.resume();
    this.broker.settle();
  }

  private async readyToRead(): Promise<void> {
    while (!this.ending && this.sending !== null && this.outputBytes + this.unsent > PAUSE_READING_BYTES) {
      await new Promise<void>((resolve) => {
        this.resumeReading = resolve;
      });
      this.resumeReading = null;
    }
  }

  // ---- heartbeats, the end -----------------------------------------------------------------------------------------

  /** Sends a heartbeat when nothing else was sent; ends the connection when the client is silent for two of them. */
  private startHeartbeats(seconds: number): void {
    this.heartbeatTimer = setInterval(
      () => {
        const now = Date.now();
        if (now - this.receivedAt > seconds * 2000) {
          console.warn(`rabbitmq: a client was silent for ${seconds * 2} seconds, its connection is closed`);
          this.disconnect();
        } else if (now - this.sentAt >= seconds * 500) {
          this.write(HEARTBEAT);
        }
      },
      Math.max(seconds * 500, 500),
    );
  }

  private endAfter(milliseconds: number): void {
    this.clearDeadline();
    this.deadline = setTimeout(() => this.disconnect(), milliseconds);
  }

  private clearDeadline(): void {
    if (this.deadline !== null) clearTimeout(this.deadline);
    this.deadline = null;
  }

  /** Everything the client had goes back or away. */
  private leave(): void {
    if (this.heartbeatTimer !== null) clearInterval(this.heartbeatTimer);
    this.heartbeatTimer = null;
    this.clearDeadline();
    if (!this.broker.connections.has(this)) return;
    for (const channel of this.channels.values()) if (!channel.closing) channel.close();
    this.channels.clear();
    for (const queue of this.exclusiveQueues) if (!queue.deleted) this.session!.vhost.deleteQueue(queue);
    this.exclusiveQueues.clear();
    this.broker.closed(this);
  }

  /** Ends the connection after what was written so far. */
  private end(): void {
    this.flush();
    this.ending = true;
  }

  /** Cuts the connection at once. */
  disconnect(): void {
    this.ending = true;
    this.stream.close().catch(() => {});
    this.resumeReading?.();
  }

  // ---- for channels ------------------------------------------------------------------------------------------------

  capability(name: string): boolean {
    return this.session?.capabilities.has(name) ?? false;
  }

  /** Throws when the queue belongs to another connection. */
  assertMayUse(queue: Queue): void {
    if (queue.owner !== null && queue.owner !== this) {
      throw locked(this.session!.vhost.describe("queue", queue.name));
    }
  }
}

/** Anything but an AmqpError is a defect or a limit of the storage. */
function asAmqpError(thrown: unknown): AmqpError {
  if (thrown instanceof AmqpError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  console.error("rabbitmq:", thrown);
  const full = /SQLITE_FULL|database or disk is full/.test(message);
  return full
    ? new AmqpError("RESOURCE_ERROR", "the Durable Object's storage is full", "connection")
    : new AmqpError("INTERNAL_ERROR", message);
}
