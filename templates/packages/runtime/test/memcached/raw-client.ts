/** A client that sends bytes and takes what comes until it is told what ends an answer. */
import { connect, type Socket } from "node:net";

export class RawClient {
  private readonly socket: Socket;
  private received = "";
  private wake: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay();
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.received += text;
      this.wake?.();
    });
    socket.on("error", () => {});
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** Sends commands and returns all that comes before the answer to `mn`, which is sent behind them. */
  async exchange(commands: string | Buffer): Promise<string> {
    this.socket.write(Buffer.concat([Buffer.from(commands as string, "latin1"), Buffer.from("mn\r\n")]));
    return this.until("MN\r\n");
  }

  /** Sends binary requests and returns all that comes before the answer to a no-op, which is sent behind them. */
  async exchangeBinary(requests: Buffer): Promise<string> {
    const noop = binaryRequest(0x0a, { opaque: 0xffffffff });
    this.socket.write(Buffer.concat([requests, noop]));
    return this.until("\x81\x0a\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0");
  }

  close(): void {
    this.socket.destroy();
  }

  private async until(end: string): Promise<string> {
    const deadline = Date.now() + 10_000;
    while (!this.received.endsWith(end)) {
      if (Date.now() > deadline) throw new Error(`no answer; received ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 100);
      });
    }
    const text = this.received.slice(0, -end.length);
    this.received = "";
    return text;
  }
}

export interface BinaryParts {
  key?: string;
  extras?: Buffer;
  value?: string;
  cas?: bigint;
  opaque?: number;
}

export function binaryRequest(opcode: number, parts: BinaryParts): Buffer {
  const { key = "", extras = Buffer.alloc(0), value = "", cas = 0n, opaque = 0 } = parts;
  const header = Buffer.alloc(24);
  header[0] = 0x80;
  header[1] = opcode;
  header.writeUInt16BE(key.length, 2);
  header[4] = extras.length;
  header.writeUInt32BE(extras.length + key.length + value.length, 8);
  header.writeUInt32BE(opaque, 12);
  header.writeBigUInt64BE(cas, 16);
  return Buffer.concat([header, extras, Buffer.from(key, "latin1"), Buffer.from(value, "latin1")]);
}
