// Plain node:http: the surface that frameworks are built on.
const http = require("node:http");
const os = require("os");
const path = require("path");
const { once } = require("node:events");
const { setTimeout: sleep } = require("node:timers/promises");

const instance = Math.random().toString(36);
let aborted = 0;
let ticks = 0;
setInterval(() => ticks++, 20);

const routes = {
  "/": (req, res) => res.end("hello\n"),
  "/status": (req, res) => {
    res.writeHead(418, "Short and stout", { "X-Tea": "green", "Set-Cookie": ["a=1", "b=2"] });
    res.end();
  },
  "/json": (req, res) => {
    res.setHeader("Content-Type", "application/json");
    res.end(
      JSON.stringify({
        method: req.method,
        url: req.url,
        ip: typeof req.socket.remoteAddress,
        version: req.httpVersion,
      }),
    );
  },
  "/headers": (req, res) =>
    res.end(JSON.stringify([req.headers["x-one"], req.headers["cookie"], req.headers.host !== undefined])),
  "/echo": async (req, res) => {
    res.writeHead(200, { "content-type": req.headers["content-type"] ?? "none" });
    for await (const chunk of req) res.write(chunk);
    res.end();
  },
  "/upload": (req, res) => {
    let size = 0;
    req.on("data", (chunk) => (size += chunk.length));
    req.on("end", () => res.end(`${size} ${req.complete}`));
  },
  "/download": (req, res) => {
    // A megabyte at a time, waiting for 'drain' as streams do.
    const chunk = Buffer.alloc(64 * 1024, "x");
    let left = 80;
    const more = () => {
      while (left-- > 0) if (!res.write(chunk)) return res.once("drain", more);
      res.end();
    };
    more();
  },
  "/fixed": (req, res) => {
    res.writeHead(200, { "Content-Length": 10 });
    res.write("01234");
    setTimeout(() => res.end("56789"), 10);
  },
  "/204": (req, res) => {
    res.statusCode = 204;
    res.end("ignored");
  },
  "/304": (req, res) => res.writeHead(304, { ETag: '"x"' }).end(),
  "/events": (req, res) => {
    const seen = [];
    for (const name of ["finish", "close"]) res.on(name, () => seen.push(`res ${name}`));
    for (const name of ["end", "close"]) req.on(name, () => seen.push(`req ${name}`));
    res.on("close", () => setTimeout(() => (routes.seen = seen), 20));
    res.end("ok");
  },
  "/seen": async (req, res) => {
    await sleep(60);
    res.end(JSON.stringify((routes.seen ?? []).filter((name) => name.startsWith("res"))));
  },
  "/sse": async (req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    for (let i = 0; i < 3; i++) {
      res.write(`data: ${i}\n\n`);
      await sleep(15);
    }
    res.end();
  },
  "/endless": (req, res) => {
    res.on("close", () => aborted++);
    const more = () => {
      while (!res.destroyed && res.write("x".repeat(65536)));
      if (!res.destroyed) res.once("drain", more);
    };
    more();
  },
  "/aborted": (req, res) => res.end(String(aborted)),
  "/order": (req, res) => {
    const order = [];
    setTimeout(() => order.push("timeout"), 0);
    setImmediate(() => order.push("immediate"));
    Promise.resolve().then(() => order.push("promise"));
    process.nextTick(() => order.push("tick"));
    order.push("sync");
    setTimeout(() => res.end(JSON.stringify(order.filter((name) => name !== "immediate"))), 30);
  },
  "/instance": (req, res) => res.end(instance),
  "/ticks": (req, res) => res.end(String(ticks > 0)),
  "/errors": (req, res) => {
    const codes = [];
    const attempt = (work) => {
      try {
        work();
        codes.push("none");
      } catch (error) {
        codes.push(`${error.name} ${error.code}`);
      }
    };
    attempt(() => res.setHeader("bad name", "x"));
    attempt(() => res.setHeader("x", undefined));
    attempt(() => res.setHeader("x", "new\nline"));
    attempt(() => res.writeHead(42));
    res.write("[");
    attempt(() => res.setHeader("x", "late"));
    attempt(() => res.writeHead(200));
    attempt(() => res.write(5));
    res.end(JSON.stringify(codes));
  },
  "/self": async (req, res) => {
    const answer = await fetch(`http://localhost:${process.env.PORT}/json?self`);
    res.end(await answer.text());
  },
  "/client": (req, res) => {
    const request = http.request(
      {
        host: "127.0.0.1",
        port: process.env.PORT,
        path: "/echo",
        method: "POST",
        headers: { "Content-Type": "text/x" },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part) => (text += part));
        answer.on("end", () => res.end(JSON.stringify([answer.statusCode, answer.headers["content-type"], text])));
      },
    );
    request.write("part one, ");
    setTimeout(() => request.end("part two"), 20);
  },
  "/cookies": (req, res) => {
    http.get(`http://127.0.0.1:${process.env.PORT}/status`, (answer) => {
      answer.resume();
      res.end(JSON.stringify([answer.statusCode, answer.statusMessage, answer.headers["set-cookie"]]));
    });
  },
  "/refused": (req, res) => {
    http
      .get("http://localhost:1/x")
      .on("error", (error) =>
        res.end(JSON.stringify([error.code ?? error.errors?.[0].code, error.syscall ?? "connect"])),
      );
  },
  "/unknown-host": (req, res) => {
    http
      .get("http://nosuchservice/x")
      .on("error", (error) => res.end(JSON.stringify([error.code, error.syscall, error.hostname])));
  },
  "/fetch-unknown": (req, res) => {
    fetch("http://nosuchservice/x").catch((error) => res.end(`${error.name} ${error.message} ${error.cause.code}`));
  },
  "/timeout": (req, res) => {
    const request = http.get(`http://127.0.0.1:${process.env.PORT}/never`, { timeout: 50 });
    request.on("timeout", () => request.destroy(new Error("too slow")));
    request.on("error", (error) => res.end(error.message));
  },
  "/never": () => {},
  "/abort": (req, res) => {
    const controller = new AbortController();
    const request = http.get(`http://127.0.0.1:${process.env.PORT}/never`, { signal: controller.signal });
    request.on("error", (error) => res.end(`${error.name} ${error.code}`));
    setTimeout(() => controller.abort(), 20);
  },
  "/destroy": (req, res) => res.destroy(),
  "/process": (req, res) =>
    res.end(
      JSON.stringify({
        platform: process.platform,
        argv: process.argv.length,
        versions: process.versions.node.split(".")[0],
        release: process.release.name,
        cpus: os.cpus().length > 0,
        memory: process.memoryUsage().rss > 0 && os.totalmem() > 0,
        hrtime: typeof process.hrtime.bigint(),
        uptime: process.uptime() > 0,
        stdout: process.stdout.write("to stdout\n"),
        isTTY: Boolean(process.stdin.isTTY),
        env: (process.env.NUMBER = 5) && typeof process.env.NUMBER,
        resolve: path.resolve("x") === path.join(process.cwd(), "x"),
      }),
    ),
  "/stream-error": (req, res) => {
    const { pipeline, Readable } = require("node:stream");
    pipeline(Readable.from(["a", "b"]), res, (error) => error && console.error(error));
  },
};

const server = http.createServer(async (req, res) => {
  const route = routes[new URL(req.url, "http://x").pathname];
  if (!route) {
    res.statusCode = 404;
    return res.end("no such route");
  }
  await route(req, res);
});
server.listen(process.env.PORT || 3000, "0.0.0.0", () =>
  console.log("listening", server.address().port, server.listening),
);
void once;
