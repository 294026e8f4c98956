/**
 * A client that shows every method a server sends: for comparing two servers. The bytes are read and written by amqplib's
 * own codec, so that a mistake of our codec cannot hide in both ends.
 */
import { connect, type Socket } from "node:net";
import { createRequire } from "node:module";

/** The part of amqplib's codec that is used here. */
interface Definitions {
  encodeMethod(id: number, channel: number, fields: object): Buffer;
  encodeProperties(id: number, channel: number, size: number, fields: object): Buffer;
  info(id: number): { name: string };
  [name: string]: unknown;
}
interface Frames {
  PROTOCOL_HEADER: string;
  makeBodyFrame(channel: number, payload: Buffer): Buffer;
  parseFrame(bytes: Buffer): { rest: Buffer } | false;
  decodeFrame(frame: unknown): DecodedFrame;
}
interface DecodedFrame {
  id?: number;
  channel: number;
  fields?: Record<string, unknown>;
  size?: number;
  content?: Buffer;
}

const require = createRequire(import.meta.url);
const definitions = require("amqplib-0.10/lib/defs.js") as Definitions;
const frames = require("amqplib-0.10/lib/frame.js") as Frames;

/** A method from the server, with its content where it has one. */
export interface Received {
  channel: number;
  name: string;
  fields: Record<string, unknown>;
  properties?: Record<string, unknown>;
  body?: Buffer;
}

export interface OpenOptions {
  user?: string;
  password?: string;
  vhost?: string;
  mechanism?: "PLAIN" | "AMQPLAIN";
  capabilities?: Record<string, boolean>;
  tune?: { channelMax?: number; frameMax?: number; heartbeat?: number };
}

/** Methods that come without being asked for. */
const UNASKED = new Set(["BasicDeliver", "BasicReturn", "BasicAck", "BasicNack", "BasicCancel", "ConnectionBlocked"]);
const WITH_CONTENT = new Set(["BasicDeliver", "BasicReturn", "BasicGetOk"]);
const ANSWER_TIMEOUT_MS = 20_000;

export class RawClient {
  /** What came unasked since it was last taken. */
  events: Received[] = [];
  /** Resolves when the server has closed the TCP connection. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #partial: (Received & { missing: number; parts: Buffer[] }) | null = null;
  readonly #answers = new Map<number, Received[]>();
  readonly #waiting = new Map<number, (answer: Received | null) => void>();
  #wake: (() => void) | null = null;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => {});
    this.ended = new Promise((resolve) =>
      socket.on("close", () => {
        this.#closed = true;
        for (const waiter of this.#waiting.values()) waiter(null);
        this.#wake?.();
        resolve();
      }),
    );
  }

  /** A connection on which nothing was sent yet. */
  static async raw(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    socket.setNoDelay();
    return new RawClient(socket);
  }

  /** An open connection. Throws the text with which the server refused it. */
  static async open(port: number, options: OpenOptions = {}): Promise<RawClient> {
    const client = await RawClient.raw(port);
    const answer = await client.handshake(options);
    if (answer.name !== "ConnectionOpenOk") throw new Error(`${answer.name} ${String(answer.fields.replyText)}`);
    return client;
  }

  /** Negotiates; the last answer is ConnectionOpenOk, or what came in its place. */
  async handshake(options: OpenOptions = {}): Promise<Received> {
    const { user = "guest", password = "guest", vhost = "/", mechanism = "PLAIN" } = options;
    this.sendBytes(Buffer.from(frames.PROTOCOL_HEADER, "latin1"));
    const start = await this.answer(0);
    if (start.name !== "ConnectionStart") return start;
    const response = mechanism === "PLAIN" ? Buffer.from(`\0${user}\0${password}`) : amqplain(user, password);
    const tune = await this.call(0, "ConnectionStartOk", {
      clientProperties: {
        capabilities: {
          publisher_confirms: true,
          consumer_cancel_notify: true,
          authentication_failure_close: true,
          ...options.capabilities,
        },
      },
      mechanism,
      response,
      locale: "en_US",
    });
    if (tune.name !== "ConnectionTune") return tune;
    this.send(0, "ConnectionTuneOk", { channelMax: 2047, frameMax: 131072, heartbeat: 0, ...options.tune });
    return this.call(0, "ConnectionOpen", { virtualHost: vhost });
  }

  sendBytes(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  send(channel: number, name: string, fields: object = {}): void {
    this.sendBytes(definitions.encodeMethod(definitions[name] as number, channel, fields));
  }

  /** Sends a message, its body in frames of the usual size or of `frameSize` bytes. */
  publish(channel: number, fields: object, properties: object, body: Buffer | string, frameSize = 131_064): void {
    const bytes = Buffer.from(body);
    const parts = [
      definitions.encodeMethod(definitions.BasicPublish as number, channel, fields),
      definitions.encodeProperties(definitions.BasicProperties as number, channel, bytes.length, properties),
    ];
    for (let at = 0; at < bytes.length; at += frameSize) {
      parts.push(frames.makeBodyFrame(channel, bytes.subarray(at, at + frameSize)));
    }
    this.sendBytes(Buffer.concat(parts));
  }

  async call(channel: number, name: string, fields: object = {}): Promise<Received> {
    this.send(channel, name, fields);
    return this.answer(channel);
  }

  /** The next answer on a channel. When the connection ends first, its "name" is that. */
  async answer(channel: number): Promise<Received> {
    const kept = this.#answers.get(channel)?.shift();
    if (kept) return kept;
    if (this.#closed) return { channel, name: "(connection ended)", fields: {} };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer on channel ${channel}`)), ANSWER_TIMEOUT_MS);
      this.#waiting.set(channel, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(channel);
        resolve(answer ?? { channel, name: "(connection ended)", fields: {} });
      });
    });
  }

  /** Waits until `count` methods have come unasked, and takes them. */
  async eventsUntil(count: number): Promise<Received[]> {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    while (this.events.length < count) {
      if (this.#closed || Date.now() > deadline) {
        throw new Error(`${count} methods were expected, ${this.events.length} came`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
    return this.takeEvents();
  }

  takeEvents(): Received[] {
    return this.events.splice(0);
  }

  /** Stops and goes on reading. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const frame = frames.parseFrame(this.#bytes);
      if (!frame) return;
      this.#bytes = frame.rest;
      this.#take(frames.decodeFrame(frame));
    }
  }

  #take(frame: DecodedFrame): void {
    if (frame.content !== undefined) return this.#body(frame.content);
    if (frame.id === undefined) return; // a heartbeat
    const name = definitions.info(frame.id).name;
    if (name === "BasicProperties") {
      const { properties: _, ...partial } = this.#partial!;
      this.#partial = { ...partial, properties: frame.fields!, missing: frame.size! };
      if (frame.size === 0) this.#complete();
      return;
    }
    const received = { channel: frame.channel, name, fields: frame.fields ?? {} };
    if (WITH_CONTENT.has(name)) this.#partial = { ...received, missing: 0, parts: [] };
    else this.#dispatch(received);
  }

  #body(part: Buffer): void {
    const partial = this.#partial!;
    partial.parts.push(part);
    partial.missing -= part.length;
    if (partial.missing === 0) this.#complete();
  }

  #complete(): void {
    const { missing: _, parts, ...message } = this.#partial!;
    this.#partial = null;
    this.#dispatch({ ...message, body: Buffer.concat(parts) });
  }

  #dispatch(received: Received): void {
    const { channel, name } = received;
    if (name === "ChannelClose") this.send(channel, "ChannelCloseOk");
    if (name === "ConnectionClose") this.send(0, "ConnectionCloseOk");
    const waiter = name === "ConnectionClose" ? [...this.#waiting.values()][0] : this.#waiting.get(channel);
    if (UNASKED.has(name) || ((name === "ChannelClose" || name === "ConnectionClose") && !waiter)) {
      this.events.push(received);
      this.#wake?.();
    } else if (waiter) waiter(received);
    else this.#answers.set(channel, [...(this.#answers.get(channel) ?? []), received]);
  }
}

/** The response of the AMQPLAIN mechanism: a table without its length. */
function amqplain(user: string, password: string): Buffer {
  const field = (name: string, value: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(value));
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from("S"), length, Buffer.from(value)]);
  };
  return Buffer.concat([field("LOGIN", user), field("PASSWORD", password)]);
}
