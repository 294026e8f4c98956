// The ws package as a server with and without an HTTP server of one's own, and as a client.
const http = require("node:http");
const { WebSocketServer, WebSocket } = require("ws");

const server = http.createServer((req, res) => {
  if (req.url !== "/client") return res.end("http");
  const socket = new WebSocket(`ws://127.0.0.1:${process.env.PORT ?? 3000}/echo`, { headers: { "x-from": "client" } });
  const seen = [];
  socket.on("open", () => socket.send("from a client"));
  socket.on("message", (data, isBinary) => {
    seen.push([data.toString(), isBinary]);
    if (seen.length === 2) socket.close(4001, "done");
  });
  socket.on("close", (code, reason) => res.end(JSON.stringify([seen, code, reason.toString()])));
  socket.on("error", (error) => res.end(`error ${error.message}`));
});

const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (protocols) => (protocols.has("v2") ? "v2" : false),
});
server.on("upgrade", (req, socket, head) => {
  if (req.url === "/denied") {
    socket.write("HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nX-Why: no\r\n\r\nnot you");
    return socket.destroy();
  }
  sockets.handleUpgrade(req, socket, head, (ws) => sockets.emit("connection", ws, req));
});
sockets.on("connection", (ws, req) => {
  ws.send(`hello ${req.url} ${req.headers["x-from"] ?? "nobody"}`);
  ws.on("message", (data, isBinary) => {
    const text = data.toString();
    if (text === "close") return ws.close(4444, "asked");
    if (text === "terminate") return ws.terminate();
    if (text === "big") return ws.send(Buffer.alloc(200_000, 1));
    if (text === "clients") return ws.send(String(sockets.clients.size));
    if (text === "ping") {
      ws.once("pong", () => ws.send("ponged"));
      return ws.ping();
    }
    ws.send(data, { binary: isBinary });
  });
  ws.on("close", (code, reason) => (sockets.last = `${code} ${reason}`));
});
server.on("request", () => {});
server.listen(process.env.PORT ?? 3000);
