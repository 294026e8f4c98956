/**
 * What a command answers, before it is known which protocol version the client speaks.
 *
 * Plain JavaScript values stand for the common replies; the classes below stand for those that RESP2 and RESP3 write
 * differently. `resp.ts` turns a reply into bytes.
 */

/** A reply of any shape. A `string` is a bulk string of UTF-8 text, a `Uint8Array` one of raw bytes. */
export type Reply =
  | number
  | bigint
  | string
  | Uint8Array
  | null
  | boolean
  | Reply[]
  | Status
  | ErrorReply
  | MapReply
  | SetReply
  | DoubleReply
  | BigNumberReply
  | VerbatimReply
  | NullArray
  | Push
  | Several
  | typeof NO_REPLY;

/** A simple string such as `+OK`. */
export class Status {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An error that is part of a reply, for example of one command inside EXEC. */
export class ErrorReply {
  /** The whole line after the `-`, code included: `WRONGTYPE Operation against …`. */
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Pairs: a map in RESP3, a flat array in RESP2. */
export class MapReply {
  readonly entries: [Reply, Reply][];
  constructor(entries: [Reply, Reply][]) {
    this.entries = entries;
  }
}

/** Members without an order: a set in RESP3, an array in RESP2. */
export class SetReply {
  readonly members: Reply[];
  constructor(members: Reply[]) {
    this.members = members;
  }
}

/** A floating point number: a double in RESP3, a bulk string in RESP2. */
export class DoubleReply {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A number beyond 64 bits (RESP3 only; a bulk string in RESP2). */
export class BigNumberReply {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Text for people, such as INFO's: a verbatim string in RESP3, a bulk string in RESP2. */
export class VerbatimReply {
  readonly text: string;
  readonly format: "txt" | "mkd";
  constructor(text: string, format: "txt" | "mkd" = "txt") {
    this.text = text;
    this.format = format;
  }
}

/** `*-1` in RESP2, where clients tell it from the null bulk string; plain null in RESP3. */
export class NullArray {}

/** A message outside the request/reply order, such as a published one: a push in RESP3, an array in RESP2. */
export class Push {
  readonly items: Reply[];
  constructor(items: Reply[]) {
    this.items = items;
  }
}

/** Replies written one after the other without an array around them: SUBSCRIBE answers once per channel. */
export class Several {
  readonly replies: Reply[];
  constructor(replies: Reply[]) {
    this.replies = replies;
  }
}

/** The command writes nothing now: it is blocked, or the client switched replies off. */
export const NO_REPLY: unique symbol = Symbol("no reply");

export const OK = new Status("OK");
export const QUEUED = new Status("QUEUED");
export const NULL_ARRAY = new NullArray();
