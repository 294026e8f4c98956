// expect: echo 1
// expect: echo 2
const net = require("net");

net.createServer((socket) => socket.pipe(socket)).listen(5001);
const socket = net.connect(5001, "localhost");

module.exports = (step) =>
  new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (data) => resolve(String(data)));
    socket.write(`echo ${step}`);
  });
