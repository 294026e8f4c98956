import { randomBytes } from "node:crypto";
import type { Host } from "../host";
import { toFetchHeaders } from "./headers";
import { WebSocketSocket } from "./websocket";
import { Headers, Response } from "../native";

/** Fields of a 101 that belong to the handshake the library answered; workerd answers the client's own. */
const HANDSHAKE = new Set(["sec-websocket-accept", "sec-websocket-extensions", "content-length"]);

/**
 * The server's side of a WebSocket upgrade: the socket that a library (ws, socket.io, …) gets with 'upgrade'.
 *
 * The library writes the head of an HTTP answer first. A 101 becomes a Response with a WebSocket, and what follows is frames;
 * any other answer becomes a plain Response.
 */
export class UpgradeSocket extends WebSocketSocket {
  /** Resolves with the answer to the upgrade request. */
  readonly answer: Promise<Response>;
  _answer!: (response: Response) => void;
  _phase: "head" | "frames" | "body" = "head";
  _received: Buffer = Buffer.alloc(0);
  _refusal: ResponseInit | undefined;

  constructor(host: Host) {
    super(host, true);
    this.answer = new Promise((resolve) => (this._answer = resolve));
  }

  override _fromLibrary(bytes: Uint8Array): void {
    if (this._phase === "frames") return super._fromLibrary(bytes);
    this._received = Buffer.concat([this._received, bytes]);
    if (this._phase === "body") return;
    const end = this._received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const { status, statusText, headers } = parseHead(this._received.subarray(0, end).toString("latin1"));
    const rest = this._received.subarray(end + 4);
    if (status !== 101) {
      this._phase = "body";
      this._received = rest;
      this._refusal = { status: status >= 200 && status <= 599 ? status : 502, statusText, headers };
      return;
    }
    this._phase = "frames";
    const [theirs, ours] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    this._join(ours);
    this._answer(new Response(null, { status: 101, webSocket: theirs, headers }));
    if (rest.byteLength > 0) super._fromLibrary(rest);
  }

  override _endWebSocket(): void {
    if (this._phase === "frames") return super._endWebSocket();
    // Resolving twice is harmless: the first answer counts.
    this._answer(
      new Response(
        this._received.byteLength > 0 && this._refusal ? this._received : null,
        this._refusal ?? { status: 502 },
      ),
    );
  }
}

/**
 * The handshake as the library expects it. Compression is the edge's own affair: frames to the library are never compressed. A
 * request from another Worker has no key, as no handshake took place.
 */
export function completeHandshake(headers: Headers): Headers {
  const plain = new Headers(headers);
  if (!plain.has("sec-websocket-key")) plain.set("sec-websocket-key", randomBytes(16).toString("base64"));
  if (!plain.has("sec-websocket-version")) plain.set("sec-websocket-version", "13");
  plain.delete("sec-websocket-extensions");
  plain.set("connection", "Upgrade");
  plain.set("upgrade", "websocket");
  return plain;
}

function parseHead(head: string): { status: number; statusText: string; headers: Headers } {
  const [statusLine = "", ...lines] = head.split("\r\n");
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const headers = toFetchHeaders(fields.filter(([name]) => name !== "" && !HANDSHAKE.has(name.toLowerCase())));
  const [, status, ...reason] = statusLine.split(" ");
  return { status: Number(status), statusText: reason.join(" "), headers };
}
