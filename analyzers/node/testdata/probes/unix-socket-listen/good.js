// expect: reached
const net = require("net");

module.exports = () =>
  new Promise((resolve, reject) => {
    net.createServer((socket) => socket.end("reached")).listen(5003, () => {
      net.connect(5003, "localhost").once("error", reject).once("data", (data) => resolve(String(data)));
    });
  });
