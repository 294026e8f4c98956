// expect: listening, nobody connects
const net = require("net");

module.exports = () =>
  new Promise((resolve) => {
    net.createServer((socket) => socket.end("reached")).listen("/run/app.sock", () => {
      const failed = () => resolve("listening, nobody connects");
      setTimeout(failed, 1000);
      try {
        net.connect("/run/app.sock").once("error", failed).once("data", (data) => resolve(String(data)));
      } catch {
        failed();
      }
    });
  });
