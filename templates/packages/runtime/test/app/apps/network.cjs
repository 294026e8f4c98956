// Clients of other services by their Compose names: HTTP in several libraries, TCP, and name look-ups.
const dns = require("node:dns");
const http = require("node:http");
const net = require("node:net");
const os = require("node:os");
const axios = require("axios");

const answers = {
  "/fetch": async () => (await fetch("http://backend:8080/hello?x=1", { headers: { "x-y": "z" } })).text(),
  "/axios": async () => (await axios.post("http://backend:8080/hello", { a: 1 }, { headers: { "X-Y": "axios" } })).data,
  "/get": () =>
    new Promise((resolve, reject) => {
      http
        .get({ host: "backend", port: 8080, path: "/hello" }, (res) => res.on("data", (data) => resolve(String(data))))
        .on("error", reject);
    }),
  "/default-port": async () => (await fetch("http://backend/hello")).text(),
  "/second-server": async () => (await fetch("http://backend:9090/")).text(),
  "/closed-port": async () => fetch("http://backend:4321/").catch((error) => `${error.message}: ${error.cause.code}`),
  "/closed-port-get": () =>
    new Promise((resolve) =>
      http.get("http://backend:4321/").on("error", (error) => resolve(`${error.code} ${error.syscall} ${error.port}`)),
    ),
  "/axios-closed": () => axios.get("http://backend:4321/").catch((error) => error.code),
  "/redirect": async () => (await fetch("http://backend:8080/moved")).text(),
  "/set-cookie": async () => (await axios.get("http://backend:8080/hello")).headers["set-cookie"],
  "/gzip": async () => (await axios.get("http://backend:8080/gzip")).data.length,
  "/stream": async () => {
    const { data } = await axios.get("http://backend:8080/stream", { responseType: "stream" });
    let size = 0;
    for await (const part of data) size += part.length;
    return size;
  },
  "/upload": async () => {
    const { Readable } = require("node:stream");
    const body = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(20_000)));
    return (
      await axios.post("http://backend:8080/size", body, {
        headers: { "content-type": "application/octet-stream" },
        maxBodyLength: Infinity,
      })
    ).data;
  },
  "/tcp": () => talk("backend", 7000, ["ping\n", "x".repeat(300_000) + "\n"]),
  "/tcp-address": async () => talk((await dns.promises.lookup("backend")).address, 7000, ["by address\n"]),
  "/tcp-self": () => talk("localhost", 7100, ["to myself\n"]),
  "/tcp-closed": () => talk("backend", 7999, ["x\n"]).catch((error) => error.code),
  "/tcp-unknown": () =>
    talk("nowhere", 7000, ["x\n"]).catch((error) => `${error.code} ${error.syscall} ${error.hostname}`),
  "/tcp-self-closed": () =>
    talk("localhost", 1, ["x\n"]).catch((error) => `${error.code} ${error.syscall} ${error.port}`),
  "/tcp-many": async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => talk("backend", 7000, [`${i}\n`])));
    return all.join("");
  },
  "/half-close": () =>
    new Promise((resolve, reject) => {
      let text = "";
      net
        .connect({ host: "backend", port: 7001 }, function () {
          this.end("last words");
        })
        .on("data", (data) => (text += data))
        .on("end", () => resolve(text))
        .on("error", reject);
    }),
  "/idle": () =>
    new Promise((resolve) => {
      const socket = net.connect(7000, "backend");
      socket.setTimeout(60, () => {
        socket.destroy();
        resolve("timeout");
      });
    }),
  "/external": async () => [
    (await axios.get("http://outside:81/path?x=1")).data,
    await talk("outside-tcp", 82, ["to the outside\n"]),
    await axios.get("http://nobody-outside/").catch((error) => error.message),
  ],
  // HTTP on a socket of one's own, as undici and programs in other languages do it: three requests on one connection.
  "/wire": () =>
    new Promise((resolve, reject) => {
      const socket = net.connect(8080, "backend");
      let text = "";
      socket.setEncoding("utf8");
      socket.write("GET /hello?wire HTTP/1.1\r\nHost: backend:8080\r\nX-Y: wire\r\n\r\n");
      socket.write("POST /size HTTP/1.1\r\nHost: backend\r\nContent-Length: 5\r\n\r\n12345");
      socket.write(
        "POST /size HTTP/1.1\r\nHost: backend\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n4\r\n1234\r\n0\r\n\r\n",
      );
      socket.on("data", (data) => (text += data));
      socket.on("end", () => {
        const answers = text.split("HTTP/1.1 200 OK").slice(1);
        resolve(answers.map((answer) => answer.split("\r\n\r\n")[1]));
      });
      socket.on("error", reject);
    }),
  "/websocket": () =>
    new Promise((resolve, reject) => {
      const { WebSocket } = require("ws");
      const socket = new WebSocket("ws://sockets:3000/echo");
      const seen = [];
      socket.on("message", (data) => {
        seen.push(String(data));
        if (seen.length === 1) socket.send("between services");
        else socket.close(1000, "bye");
      });
      socket.on("close", (code) => resolve([...seen, code]));
      socket.on("error", reject);
    }),
  "/dns": async () => [
    (await dns.promises.lookup("localhost")).address,
    /^10\.89\./.test((await dns.promises.lookup("backend")).address),
    (await dns.promises.lookup(os.hostname())).address,
    await new Promise((resolve) => dns.lookup("backend", { all: true }, (error, found) => resolve(found.length))),
    await dns.promises.lookup("nowhere").catch((error) => `${error.code} ${error.hostname}`),
  ],
};

function talk(host, port, lines) {
  return new Promise((resolve, reject) => {
    const socket = net.createConnection({ host, port });
    let text = "";
    socket.setEncoding("utf8");
    socket.on("connect", () => lines.forEach((line) => socket.write(line)));
    socket.on("data", (data) => {
      text += data;
      if (text.split("\n").length > lines.length) socket.end();
    });
    socket.on("error", reject);
    socket.on("close", (failed) => failed || resolve(text.length > 100 ? text.length : text));
  });
}

net.createServer((socket) => socket.pipe(socket)).listen(7100);
http
  .createServer(async (req, res) => {
    const answer = answers[req.url];
    if (!answer) return res.end("network");
    res.end(JSON.stringify(await answer().catch((error) => `failed: ${error.stack}`)));
  })
  .listen(process.env.PORT ?? 3000);
