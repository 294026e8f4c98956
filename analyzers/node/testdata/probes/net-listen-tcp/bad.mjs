// expect: not reached
import net from "node:net";

export default () =>
  new Promise((resolve) => {
    net.createServer((socket) => socket.end("reached")).listen(5002);
    const failed = () => resolve("not reached");
    setTimeout(failed, 1000);
    try {
      net.connect(5002, "localhost").once("error", failed).once("data", (data) => resolve(String(data)));
    } catch {
      failed();
    }
  });
