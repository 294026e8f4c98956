// expect: reached
const net = require("net");

net.createServer((socket) => socket.end("reached")).listen(5002);

module.exports = () =>
  new Promise((resolve, reject) => {
    net.connect(5002, "app").once("error", reject).once("data", (data) => resolve(String(data)));
  });
