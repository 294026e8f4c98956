// Several servers of one process: two for HTTP, two for TCP.
const http = require("node:http");
const net = require("node:net");
const zlib = require("node:zlib");

http
  .createServer((req, res) => {
    const { pathname, search } = new URL(req.url, "http://x");
    if (pathname === "/moved") return res.writeHead(302, { location: "/hello?moved" }).end();
    if (pathname === "/gzip")
      return res.writeHead(200, { "content-encoding": "gzip" }).end(zlib.gzipSync("z".repeat(4000)));
    if (pathname === "/stream") {
      for (let i = 0; i < 20; i++) res.write(Buffer.alloc(50_000));
      return res.end();
    }
    let size = 0;
    req.on("data", (data) => (size += data.length));
    req.on("end", () => {
      if (pathname === "/size") return res.end(String(size));
      res.setHeader("Set-Cookie", ["a=1", "b=2"]);
      res.end(`${req.method} ${pathname}${search} host=${req.headers.host} x-y=${req.headers["x-y"]} body=${size}`);
    });
  })
  .listen(8080);
http.createServer((req, res) => res.end("second server")).listen(9090);
net.createServer((socket) => socket.on("data", (data) => socket.write(data))).listen(7000, "0.0.0.0");
net
  .createServer({ allowHalfOpen: true }, (socket) => {
    let text = "";
    socket.on("data", (data) => (text += data));
    socket.on("end", () => socket.end(`heard: ${text}`));
  })
  .listen(7001);
