/** The service as a Worker. The URL's host and port are those that the gateway dialled. */
import { answer } from "./upstream.ts";

function accept(): Response {
  const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
  server.accept();
  server.addEventListener("message", (event) => server.send(`echo: ${event.data}`));
  server.addEventListener("close", (event) => server.close(event.code === 1005 ? 1000 : event.code));
  return new Response(null, { status: 101, webSocket: client });
}

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.headers.get("upgrade") === "websocket") return accept();
    const url = new URL(request.url);
    return answer(request, { host: url.hostname, port: url.port || "80", address: url.host });
  },
};
