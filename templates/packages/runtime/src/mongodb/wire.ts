/** MongoDB's wire protocol: messages in, messages out. */
import { decodeDocument } from "./bson/decode";
import { encodeDocument } from "./bson/encode";
import { type Doc, RawDocument } from "./bson/values";
import { ProtocolError } from "./errors";

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_COMPRESSED = 2012;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1 << 0;
const MORE_TO_COME = 1 << 1;
/** The lower half of the flags must be understood; the upper may be ignored, such as "replies may be several". */
const REQUIRED_FLAGS = 0xffff;

const HEADER_BYTES = 16;
export const MAX_MESSAGE_BYTES = 48_000_000;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** A command of a client. */
export interface Request {
  id: number;
  /** How the reply has to be framed. */
  kind: "message" | "query";
  /** The command: its first field is its name. Documents to insert may be `RawDocument`s. */
  body: Doc;
  /** The client waits for no reply. */
  silent: boolean;
}

/** Gathers bytes into messages. */
export class MessageReader {
  #chunks: Uint8Array[] = [];
  #length = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
  }

  get buffered(): number {
    return this.#length;
  }

  /** The next whole message, or null when more bytes are needed. Throws when the bytes are no message. */
  next(): Request | null {
    if (this.#length < HEADER_BYTES) return null;
    const length = this.#merged(HEADER_BYTES).readInt32LE(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
      throw new ProtocolError(`a message of ${length} bytes was announced`);
    }
    if (this.#length < length) return null;
    const all = this.#merged(length);
    const message = all.subarray(0, length);
    this.#length -= length;
    this.#chunks = this.#length > 0 ? [all.subarray(length), ...this.#chunks.slice(1)] : [];
    return parseMessage(message);
  }

  /** Makes the first chunk hold at least so many bytes, and returns it. */
  #merged(length: number): Buffer {
    let first = this.#chunks[0]!;
    if (first.byteLength < length) {
      first = Buffer.concat(this.#chunks);
      this.#chunks = [first];
    }
    return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  }
}

function parseMessage(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  switch (opCode) {
    case OP_MSG:
      return parseOpMsg(id, message);
    case OP_QUERY:
      return parseOpQuery(id, message);
    case OP_COMPRESSED:
      throw new ProtocolError("compression was not agreed on");
    default:
      throw new ProtocolError(`operation ${opCode} is not supported; drivers since MongoDB 3.6 send OP_MSG`);
  }
}

function parseOpMsg(id: number, message: Buffer): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  const unknown = flags & REQUIRED_FLAGS & ~(CHECKSUM_PRESENT | MORE_TO_COME);
  if (unknown !== 0) throw new ProtocolError(`unknown message flags ${unknown}`);
  // TCP carries the bytes unharmed; the checksum only has to be stepped over.
  const end = flags & CHECKSUM_PRESENT ? message.length - 4 : message.length;
  let body: Doc | null = null;
  const sequences: Doc = {};
  for (let at = HEADER_BYTES + 4; at < end;) {
    const kind = message[at++];
    const size = message.readInt32LE(at);
    if (size < 5 || at + size > end) throw new ProtocolError("a section is cut off");
    if (kind === 0) body = decodeDocument(message, at, at + size);
    else if (kind === 1) readSequence(message.subarray(at + 4, at + size), sequences);
    else throw new ProtocolError(`unknown section kind ${kind}`);
    at += size;
  }
  if (!body) throw new ProtocolError("a message has no body");
  return { id, kind: "message", body: Object.assign(body, sequences), silent: (flags & MORE_TO_COME) !== 0 };
}

/** A list of documents beside the body. Those to insert stay as they are: their bytes are what is stored. */
function readSequence(section: Buffer, sequences: Doc): void {
  const nameEnd = section.indexOf(0);
  if (nameEnd < 0) throw new ProtocolError("a document sequence has no name");
  const name = section.toString("utf8", 0, nameEnd);
  const documents: unknown[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    if (at + 4 > section.length) throw new ProtocolError("a document sequence is cut off");
    const end = at + section.readInt32LE(at);
    if (end > section.length || end < at + 5) throw new ProtocolError("a document sequence is cut off");
    documents.push(
      name === "documents" ? new RawDocument(section.subarray(at, end)) : decodeDocument(section, at, end),
    );
    at = end;
  }
  sequences[name] = documents;
}

/** The old form, in which drivers still say hello. */
function parseOpQuery(id: number, message: Buffer): Request {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = message.indexOf(0, nameStart);
  if (nameEnd < 0) throw new ProtocolError("a query names no collection");
  const namespace = message.toString("utf8", nameStart, nameEnd);
  const outer = decodeDocument(message, nameEnd + 9);
  if (!namespace.endsWith(".$cmd")) {
    throw new ProtocolError("OP_QUERY is only supported for commands; drivers since MongoDB 3.6 send OP_MSG");
  }
  const wrapped = outer.$query ?? outer.query;
  const body = wrapped !== undefined && typeof wrapped === "object" ? (wrapped as Doc) : outer;
  return { id, kind: "query", body: { ...body, $db: namespace.slice(0, -".$cmd".length) }, silent: false };
}

/** A reply's bytes. */
export function encodeReply(request: Request, reply: Doc, replyId: number): Buffer {
  const document = encodeDocument(reply);
  const message = request.kind === "message";
  const prefix = Buffer.alloc(HEADER_BYTES + (message ? 5 : 20));
  prefix.writeInt32LE(prefix.length + document.length, 0);
  prefix.writeInt32LE(replyId, 4);
  prefix.writeInt32LE(request.id, 8);
  prefix.writeInt32LE(message ? OP_MSG : OP_REPLY, 12);
  if (!message) {
    prefix.writeInt32LE(8, HEADER_BYTES); // AwaitCapable
    prefix.writeInt32LE(1, HEADER_BYTES + 16); // one document
  }
  return Buffer.concat([prefix, document]);
}
