/** Frames: how methods, content headers and bodies stand in the stream of bytes. */
import { AmqpError, frameError } from "./errors";

export const METHOD_FRAME = 1;
export const HEADER_FRAME = 2;
export const BODY_FRAME = 3;
export const HEARTBEAT_FRAME = 8;

const FRAME_END = 0xce;
/** Type, channel, length before the payload; the end octet behind it. */
const HEAD = 7;
export const FRAME_OVERHEAD = HEAD + 1;

/** The largest frame that is offered to clients, as RabbitMQ does. */
export const OFFERED_FRAME_MAX = 131_072;
/** The smallest frame size a client may ask for. */
export const SMALLEST_FRAME_MAX = 4096;

export const HEARTBEAT = Buffer.from([HEARTBEAT_FRAME, 0, 0, 0, 0, 0, 0, FRAME_END]);

/** What a client sends first. */
export const PROTOCOL_HEADER = Buffer.from("AMQP\x00\x00\x09\x01", "latin1");

export interface Frame {
  type: number;
  channel: number;
  payload: Buffer;
}

/** Cuts a byte stream into frames. Chunks are joined only when a whole frame has arrived. */
export class FrameParser {
  /** The frame size agreed with the client; its own first frames may already have the size offered. */
  frameMax = OFFERED_FRAME_MAX;
  private chunks: Buffer[] = [];
  private buffered = 0;
  private needed = HEAD;

  push(chunk: Uint8Array): void {
    this.chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.buffered += chunk.byteLength;
  }

  /** The eight bytes before the first frame; null while they are not all there. */
  protocolHeader(): Buffer | null {
    return this.buffered < PROTOCOL_HEADER.length ? null : this.take(PROTOCOL_HEADER.length);
  }

  next(): Frame | null {
    if (this.buffered < this.needed) return null;
    const bytes = this.join();
    const length = bytes.readUInt32BE(3);
    const type = bytes[0]!;
    const channel = bytes.readUInt16BE(1);
    if (length + FRAME_OVERHEAD > this.frameMax) {
      throw frameError(
        `type ${type}, first 16 octets = <<${[...bytes.subarray(0, 16)].join(",")}>>: {frame_too_large,${length},${this.frameMax - FRAME_OVERHEAD}}`,
      );
    }
    this.needed = length + FRAME_OVERHEAD;
    if (this.buffered < this.needed) return null;
    const frame = this.take(this.needed);
    this.needed = HEAD;
    if (frame[length + HEAD] !== FRAME_END) {
      throw frameError(
        `type ${type}: a frame of ${length} bytes ends with ${frame[length + HEAD]} instead of ${FRAME_END}`,
      );
    }
    if (type !== METHOD_FRAME && type !== HEADER_FRAME && type !== BODY_FRAME && type !== HEARTBEAT_FRAME) {
      throw new AmqpError("FRAME_ERROR", `unknown frame type ${type}`);
    }
    return { type, channel, payload: frame.subarray(HEAD, HEAD + length) };
  }

  private join(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0]!;
  }

  private take(length: number): Buffer {
    const bytes = this.join();
    this.chunks = length === bytes.length ? [] : [bytes.subarray(length)];
    this.buffered -= length;
    return bytes.subarray(0, length);
  }
}

/** The bytes of one frame. */
export function encodeFrame(type: number, channel: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(payload.length + FRAME_OVERHEAD);
  frame[0] = type;
  frame.writeUInt16BE(channel, 1);
  frame.writeUInt32BE(payload.length, 3);
  frame.set(payload, HEAD);
  frame[frame.length - 1] = FRAME_END;
  return frame;
}
