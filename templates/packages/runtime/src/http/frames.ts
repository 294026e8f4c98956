/** WebSocket frames (RFC 6455, section 5): what a library like ws writes to and reads from its socket. */

/** Kinds of frames. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  /** Last frame of its message. */
  final: boolean;
  opcode: number;
  payload: Buffer;
}

/**
 * One frame. Frames that go to a server have to be masked; the key is zero, which leaves the payload as it is: nothing lies
 * between the two ends that masking would protect.
 */
export function encodeFrame(opcode: number, payload: Uint8Array, masked: boolean): Buffer {
  const length = payload.byteLength;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended + (masked ? 4 : 0));
  head[0] = 0x80 | opcode;
  head[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** Cuts a stream of bytes into frames. */
export class FrameParser {
  #buffered: Buffer = Buffer.alloc(0);

  /** The frames that `bytes` complete. */
  *push(bytes: Uint8Array): Generator<Frame> {
    this.#buffered = this.#buffered.byteLength === 0 ? Buffer.from(bytes) : Buffer.concat([this.#buffered, bytes]);
    for (let frame = this.#next(); frame; frame = this.#next()) yield frame;
  }

  #next(): Frame | undefined {
    const bytes = this.#buffered;
    if (bytes.byteLength < 2) return undefined;
    const first = bytes.readUInt8(0);
    const second = bytes.readUInt8(1);
    let length = second & 0x7f;
    let start = 2;
    if (length === 126) {
      if (bytes.byteLength < 4) return undefined;
      length = bytes.readUInt16BE(2);
      start = 4;
    } else if (length === 127) {
      if (bytes.byteLength < 10) return undefined;
      length = Number(bytes.readBigUInt64BE(2));
      start = 10;
    }
    const masked = (second & 0x80) !== 0;
    const payloadStart = start + (masked ? 4 : 0);
    if (bytes.byteLength < payloadStart + length) return undefined;
    const payload = Buffer.from(bytes.subarray(payloadStart, payloadStart + length));
    if (masked) unmask(payload, bytes.subarray(start, start + 4));
    this.#buffered = bytes.subarray(payloadStart + length);
    return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload };
  }
}

function unmask(payload: Buffer, key: Uint8Array): void {
  for (let index = 0; index < payload.byteLength; index++) {
    payload[index] = (payload[index] as number) ^ (key[index & 3] as number);
  }
}
