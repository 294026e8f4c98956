// expect: upgrade
const http = require("http");

const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };

module.exports = () =>
  new Promise((resolve) => {
    const server = http.createServer((request, response) => response.end() && resolve("no upgrade"));
    server.on("upgrade", (request, socket) => {
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      resolve("upgrade");
    });
    server.listen(4003, () => http.get("http://localhost:4003/", { headers }).on("error", () => {}));
  });
