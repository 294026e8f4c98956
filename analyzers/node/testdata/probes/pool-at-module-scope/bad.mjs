// A socket of the first request, used by the second.
// expect: echo
// expect: failed
import net from "node:net";

let socket;

export default async (step, env) => {
  const [host, port] = env.ECHO.split(":");
  socket ??= net.connect(Number(port), host);
  return new Promise((resolve) => {
    const failed = () => resolve("failed");
    setTimeout(failed, 1000);
    socket.once("error", failed);
    socket.once("data", (data) => resolve(String(data)));
    try {
      socket.write("echo");
    } catch {
      failed();
    }
  });
};
