// expect: pong
const net = require("net");

net.createServer((socket) => socket.on("data", () => socket.end("pong"))).listen(5004);

module.exports = () =>
  new Promise((resolve, reject) => {
    const socket = net.connect(5004, "app", () => socket.write("ping"));
    socket.on("data", (data) => resolve(String(data))).on("error", reject);
  });
