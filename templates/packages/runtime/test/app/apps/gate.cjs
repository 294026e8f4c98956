// Answers rightly only after a slow handshake that it starts at boot and does not wait for.
const net = require("node:net");
const http = require("node:http");

let ready = false;
net
  .createServer((socket) => {
    let left = 4;
    socket.on("data", () => setTimeout(() => socket.write(String(left--)), 15));
  })
  .listen(7200, () => {
    const socket = net.connect(7200, "localhost", () => socket.write("?"));
    socket.on("data", (data) => {
      if (String(data) === "1") ready = true;
      else socket.write("?");
    });
  });
http.createServer((req, res) => res.end(ready ? "ready" : "database not available")).listen(3000);
