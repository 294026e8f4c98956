// workerd's own takes everything and does nothing.
// expect: silent
import dgram from "node:dgram";

export default () =>
  new Promise((resolve) => {
    const socket = dgram.createSocket("udp4");
    socket.on("listening", () => resolve("listening"));
    socket.on("error", () => resolve("error"));
    socket.bind(8125);
    setTimeout(() => resolve("silent"), 300);
  });
