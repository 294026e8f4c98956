/** Asks a server and notes what counts in its answer. */
import { request as httpRequest } from "node:http";
import type { Asked } from "./cases.ts";

export interface Observed {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Headers that belong to the connection or change from answer to answer. */
const ofTheConnection = new Set([
  "date",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "sec-websocket-accept",
]);

export function observe(port: number, asked: Asked): Promise<Observed> {
  if (asked.websocket) return observeWebSocket(port, asked, asked.websocket);
  return new Promise((resolve, reject) => {
    const headers = { host: "site.test", ...asked.headers };
    const request = httpRequest(
      { host: "127.0.0.1", port, path: asked.path, method: asked.method ?? "GET", headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const seen: Record<string, string> = {};
          for (const [name, value] of Object.entries(response.headers)) {
            if (!ofTheConnection.has(name)) seen[name] = Array.isArray(value) ? value.join(" & ") : String(value);
          }
          resolve({ status: response.statusCode ?? 0, headers: seen, body: Buffer.concat(chunks).toString("latin1") });
        });
      },
    );
    request.on("error", reject);
    if (asked.body !== undefined && !asked.chunked) request.setHeader("content-length", Buffer.byteLength(asked.body));
    request.end(asked.body);
  });
}

/** Sends messages, one after the other's answer. A refused upgrade is an observation too. */
function observeWebSocket(port: number, asked: Asked, messages: string[]): Promise<Observed> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${asked.path}`);
    const received: string[] = [];
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
      socket.send(messages[0]!);
    });
    socket.addEventListener("message", (event) => {
      received.push(String(event.data));
      const next = messages[received.length];
      if (next === undefined) socket.close(1000, "done");
      else socket.send(next);
    });
    const done = (): void => resolve({ status: opened ? 101 : 0, headers: {}, body: received.join("\n") });
    socket.addEventListener("close", done);
    socket.addEventListener("error", done); // a refused upgrade closes nothing
  });
}
