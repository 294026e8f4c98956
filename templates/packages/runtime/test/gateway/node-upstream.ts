/** The service as a Node server. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { answer } from "./upstream.ts";

export interface NodeUpstream {
  port: number;
  stop(): Promise<void>;
}

/** Starts the service on a free port; it believes to be `arrival`. */
export async function startUpstream(arrival: { host: string; port: string }): Promise<NodeUpstream> {
  const server = createServer(async (incoming, outgoing) => {
    const response = await answer(await toRequest(incoming), { ...arrival, address: `127.0.0.1:${port()}` });
    outgoing.sendDate = false;
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) {
      if (name !== "set-cookie") outgoing.setHeader(name, value);
    }
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status !== 204 && response.status !== 304) outgoing.setHeader("content-length", body.length);
    outgoing.end(body);
  });
  const port = (): number => (server.address() as AddressInfo).port;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket) => acceptWebSocket(request, socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: port(),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i]!, incoming.rawHeaders[i + 1]!);
  }
  const method = incoming.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(chunks);
  return new Request(`http://upstream.invalid${incoming.url}`, { method, headers, body });
}

/** Answers every text message with "echo: " in front. Enough of RFC 6455 for short, unfragmented messages. */
function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1")
    .update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let pending = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 6) {
      const length = pending[1]! & 0x7f;
      if (pending.length < 6 + length) return;
      const mask = pending.subarray(2, 6);
      const payload = Buffer.from(
        pending.subarray(6, 6 + length).map((byte: number, i: number) => byte ^ mask[i % 4]!),
      );
      const opcode = pending[0]! & 0x0f;
      pending = pending.subarray(6 + length);
      if (opcode === 8) {
        socket.end(Buffer.concat([Buffer.of(0x88, payload.length), payload]));
        return;
      }
      const reply = Buffer.concat([Buffer.from("echo: "), payload]);
      socket.write(Buffer.concat([Buffer.of(0x81, reply.length), reply]));
    }
  });
}
