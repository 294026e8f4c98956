// TLS from the first byte, and TLS on a connection that began without (as Postgres, MySQL and SMTP clients do).
const http = require("node:http");
const net = require("node:net");
const tls = require("node:tls");
const { PassThrough } = require("node:stream");

const answers = {
  "/direct": () =>
    new Promise((resolve, reject) => {
      const socket = tls.connect({ host: "secure", port: 1, servername: "localhost" }, () => {
        const state = [socket.encrypted, socket.authorized, socket instanceof net.Socket];
        socket.write("ping");
        socket.once("data", (data) => {
          socket.end();
          resolve([...state, String(data)]);
        });
      });
      socket.on("error", reject);
    }),
  "/starttls": () =>
    new Promise((resolve, reject) => {
      const plain = net.connect(1, "upgrading");
      plain.on("error", reject);
      plain.once("connect", () => plain.write("STARTTLS\n"));
      plain.once("data", (data) => {
        const socket = tls.connect({ socket: plain, servername: "localhost" });
        socket.on("error", reject);
        socket.once("secureConnect", () => socket.write("x".repeat(200_000)));
        let size = 0;
        socket.on("data", (part) => {
          size += part.length;
          if (size === 200_000) socket.end();
        });
        socket.on("close", () => resolve([String(data), size]));
      });
    }),
  // As HTTP/2 libraries take a class out of Node's internals when they are loaded.
  "/stream": async () => {
    const StreamSocket = new tls.TLSSocket(new PassThrough())._handle._parentWrap.constructor;
    try {
      return [typeof StreamSocket, new StreamSocket(new PassThrough())];
    } catch (error) {
      return [typeof StreamSocket, error.code];
    }
  },
  "/server": async () => {
    try {
      tls.createServer();
    } catch (error) {
      return error.message;
    }
  },
  "/untrusted": () =>
    new Promise((resolve) => tls.connect({ host: "untrusted", port: 1 }).on("error", (error) => resolve(error.code))),
};

http
  .createServer(async (req, res) => {
    const answer = answers[req.url];
    res.end(answer ? JSON.stringify(await answer().catch((error) => `failed: ${error.stack}`)) : "tls");
  })
  .listen(3000);
