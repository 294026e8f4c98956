import type { Host } from "../host";
import { Socket } from "../net/socket";
import { encodeFrame, FrameParser, OPCODE, type Frame } from "./frames";

/** Closes are sent on with these codes; the rest may not be sent by an endpoint. */
function isSendable(code: number): boolean {
  return (
    code === 1000 ||
    (code >= 3000 && code <= 4999) ||
    (code >= 1001 && code <= 1014 && ![1004, 1005, 1006].includes(code))
  );
}

/**
 * The raw socket under a WebSocket library: the library reads and writes frames, on the other side is a WebSocket of Workers,
 * which knows messages only.
 *
 * Pings end here: Workers' WebSockets neither show nor send them, so the answer to the library's own pings is made up and
 * says only that this object still lives.
 */
export class WebSocketSocket extends Socket {
  _webSocket: WebSocket | undefined;
  _parser = new FrameParser();
  _message: Frame[] = [];
  _closeSent = false;
  _peerGone = false;
  /** What the library said when it closed first. */
  _closePayload: Buffer | undefined;
  /** The library is a server: frames to it look as if they came from a client. */
  _toServer: boolean;

  constructor(host: Host, toServer: boolean) {
    super({ host, allowHalfOpen: true });
    this._toServer = toServer;
    this.pending = false;
  }

  /** Connects the two sides; from here on the library's bytes are frames. */
  _join(webSocket: WebSocket): void {
    this._webSocket = webSocket;
    webSocket.binaryType = "arraybuffer";
    webSocket.accept();
    webSocket.addEventListener("message", ({ data }) => {
      const isText = typeof data === "string";
      this._deliver(isText ? OPCODE.text : OPCODE.binary, Buffer.from(data as string));
    });
    webSocket.addEventListener("close", ({ code, reason }) => this._peerClosed(code, reason));
    // Between Workers a connection may end so after an orderly close as well.
    webSocket.addEventListener("error", () =>
      this._closePayload ? this._peerClosed(1006, "") : this._guard(() => this.destroy()),
    );
  }

  /** Bytes from the library, once it speaks frames. */
  _fromLibrary(bytes: Uint8Array): void {
    for (const frame of this._parser.push(bytes)) this._handle(frame);
  }

  _handle(frame: Frame): void {
    switch (frame.opcode) {
      case OPCODE.ping:
        return this._deliver(OPCODE.pong, frame.payload);
      case OPCODE.pong:
        return;
      case OPCODE.close:
        return this._libraryClosed(frame.payload);
    }
    this._message.push(frame);
    if (!frame.final) return;
    const [first] = this._message as [Frame];
    const payload =
      this._message.length === 1 ? first.payload : Buffer.concat(this._message.map((part) => part.payload));
    this._message = [];
    try {
      this._webSocket?.send(first.opcode === OPCODE.text ? payload.toString("utf8") : payload);
    } catch {
      this.destroy(); // the other side has gone
    }
  }

  _libraryClosed(payload: Buffer): void {
    if (this._closeSent) return;
    this._closeSent = true;
    this._closePayload = payload;
    const code = payload.byteLength >= 2 ? payload.readUInt16BE(0) : undefined;
    this._closeWebSocket(code, payload.subarray(2).toString("utf8"));
  }

  /** The other side has closed: tell the library, whose answer ends the socket. */
  _peerClosed(code: number, reason: string): void {
    if (this._peerGone) return;
    this._peerGone = true;
    if (this._closePayload) {
      // The answer to the library's own close repeats it (RFC 6455, section 5.5.1); what arrives here may have lost the code.
      this._deliver(OPCODE.close, this._closePayload);
      this._guard(() => this.push(null));
      return;
    }
    const isPlain = code === 1005 || code === 1006;
    const payload = isPlain
      ? Buffer.alloc(0)
      : Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
    if (code === 1006) {
      this._closeSent = true;
      this._closeWebSocket(undefined, "");
      this._guard(() => this.destroy());
      return;
    }
    this._deliver(OPCODE.close, payload);
    this._guard(() => this.push(null));
    if (!this._closeSent) this._closeWebSocket(isPlain ? undefined : code, reason);
    this._closeSent = true;
  }

  _closeWebSocket(code: number | undefined, reason: string): void {
    try {
      if (code !== undefined && isSendable(code)) this._webSocket?.close(code, reason);
      else this._webSocket?.close();
    } catch {
      // both sides closed at once
    }
  }

  _deliver(opcode: number, payload: Uint8Array): void {
    if (this.destroyed || this.readableEnded) return;
    this._guard(() => this.push(encodeFrame(opcode, payload, this._toServer)));
  }

  override _read(): void {} // messages come when they come: a WebSocket of Workers cannot be paused

  override _writeBytes(bytes: Buffer, callback: (error?: Error | null) => void): void {
    this._fromLibrary(bytes);
    callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    this._endWebSocket();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this._endWebSocket();
    super._destroy(error, callback);
  }

  /** The library dropped the connection without a closing handshake; "going away" is the nearest there is to say. */
  _endWebSocket(): void {
    if (this._closeSent) return;
    this._closeSent = true;
    this._closeWebSocket(1001, "");
  }
}
