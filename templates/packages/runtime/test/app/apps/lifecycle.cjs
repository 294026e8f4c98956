// Ways in which a process ends or survives.
const fs = require("node:fs");
const http = require("node:http");

const started = `${Date.now()}-${Math.random()}`;
let requests = 0;
const handled = [];

process.on("exit", (code) => console.log(`exit event ${code}`));
if (process.env.HANDLE) {
  process.on("uncaughtException", (error, origin) => handled.push(`${origin}: ${error.message}`));
  process.on("unhandledRejection", (reason) => handled.push(`rejection: ${reason.message}`));
}

const actions = {
  "/exit": () => process.exit(3),
  "/throw": () => {
    throw new Error("in the handler");
  },
  "/throw-later": (res) => {
    setTimeout(() => {
      throw new Error("in a timer");
    }, 5);
    setTimeout(() => res.end("still here"), 50);
  },
  "/throw-tick": (res) => {
    process.nextTick(() => {
      throw new Error("in a tick");
    });
    setTimeout(() => res.end("still here"), 50);
  },
  "/reject": (res) => {
    Promise.reject(new Error("nobody looks"));
    setTimeout(() => res.end("still here"), 50);
  },
  "/emit": (res) => {
    setTimeout(() => new (require("node:events"))().emit("error", new Error("an event")), 5);
    setTimeout(() => res.end("still here"), 50);
  },
  "/kill": () => process.kill(process.pid, "SIGTERM"),
  "/write": (res) => {
    fs.mkdirSync("/data", { recursive: true });
    fs.appendFileSync("/data/log", "x");
    res.end(fs.readFileSync("/data/log", "utf8"));
  },
  "/secret": (res) => res.end(fs.readFileSync("/run/secrets/token", "utf8")),
  "/handled": (res) => res.end(JSON.stringify(handled)),
  "/state": (res) => res.end(JSON.stringify({ started, requests: ++requests })),
  "/refused": (res) => {
    const texts = [
      () => require("node:child_process").execSync("ls"),
      () => new (require("node:worker_threads").Worker)("x"),
      () => require("node:dgram").createSocket("udp4"),
      () => require("node:http2").createServer(),
      () => require(["not", "a", "module"].join("-")),
    ].map((attempt) => {
      try {
        return attempt();
      } catch (error) {
        return `${error.code}: ${error.message}`;
      }
    });
    res.end(JSON.stringify(texts));
  },
};

const server = http.createServer((req, res) => (actions[req.url] ?? (() => res.end("lifecycle")))(res));
setTimeout(() => server.listen(Number(process.env.PORT ?? 3000)), Number(process.env.DELAY ?? 0));
