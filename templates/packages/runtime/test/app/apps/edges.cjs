// The seldom used corners of node:http: states and events in their order, interim answers, agents, several servers.
const http = require("node:http");
const { finished, pipeline, Readable, Writable } = require("node:stream");
const { once } = require("node:events");
const { setTimeout: sleep } = require("node:timers/promises");

const port = Number(process.env.PORT ?? 3000);

/** What happens to a request and its answer, by name; told by a later request. */
const logs = new Map();

const watch = (name, req, res) => {
  const log = [];
  logs.set(name, log);
  for (const event of ["prefinish", "finish", "close", "error"]) res.on(event, () => log.push(`res ${event}`));
  for (const event of ["end", "close", "aborted", "error"]) req.on(event, () => log.push(`req ${event}`));
  return log;
};

const states = (res) => [res.headersSent, res.writableEnded, res.writableFinished, res.finished, res.destroyed];

/** A source that never waits by itself: it stops only when nobody takes what it has. */
class Endless extends Readable {
  value = 0;
  _read() {
    while (this.push(`data: ${this.value++}\n\n`));
  }
}

const attempt = (work) => {
  try {
    return work() ?? "none";
  } catch (error) {
    return error.code ?? error.message;
  }
};

const routes = {
  "/": (req, res) => res.end("edges"),
  "/log": async (req, res) => {
    await sleep(250);
    res.end(JSON.stringify(logs.get(new URL(req.url, "http://x").searchParams.get("of")) ?? null));
  },
  "/order": (req, res) => {
    const log = watch("order", req, res);
    res.on("finish", () => log.push(states(res).join()));
    res.on("close", () => log.push(states(res).join()));
    res.end("text", () => log.push("callback"));
    log.push(states(res).join());
  },
  "/order-of-nothing": (req, res) => {
    const log = watch("order-of-nothing", req, res);
    res.on("finish", () => log.push(states(res).join()));
    res.end();
    log.push(states(res).join());
  },
  "/order-of-body": async (req, res) => {
    const log = watch("order-of-body", req, res);
    for await (const part of req) log.push(part.length);
    res.end("ok");
  },
  "/eos": (req, res) => {
    const log = [];
    logs.set("eos", log);
    finished(res, (error) => log.push(`res ${error?.code ?? "fine"}`));
    finished(req, (error) => log.push(`req ${error?.code ?? "fine"}`));
    res.end("ok");
    res.once("close", () => finished(res, (error) => log.push(`late ${error?.code ?? "fine"}`)));
  },
  "/after": async (req, res) => {
    const log = [];
    logs.set("after", log);
    res.on("error", (error) => log.push(`error ${error.code}`));
    res.end("ok");
    log.push(attempt(() => res.setHeader("x", "1")));
    log.push(res.write("more", (error) => log.push(`write ${error.code}`)));
    res.end((error) => log.push(`end ${error?.code}`));
    await sleep(20);
    res.end((error) => log.push(`late end ${error?.code}`));
    log.push(res.socket === null, typeof req.socket.remoteAddress, req.complete);
  },
  "/latin1": (req, res) => res.end("h\u00e9", "latin1"),
  "/hex": (req, res) => res.end("68657861", "hex"),
  "/buffer": (req, res) => {
    const buffer = Buffer.from("first");
    res.end(buffer);
    buffer.fill("x");
  },
  "/empty-text": (req, res) => res.end(""),
  "/head-then-end": (req, res) => res.writeHead(201, { "Content-Type": "text/plain" }).end("body"),
  "/head-with-length": (req, res) => res.writeHead(200, { "Content-Length": 4 }).end("body"),
  "/raw-head": (req, res) => res.writeHead(200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-One", "1"]).end(),
  "/same-name": (req, res) => {
    res.setHeader("X-List", ["a", "b"]);
    res.appendHeader("X-More", "1").appendHeader("X-More", "2");
    res.setHeader("Set-Cookie", ["a=1", "b=2"]);
    res.end(JSON.stringify([res.getHeaders(), res.getHeaderNames(), res.getRawHeaderNames(), res.hasHeader("X-LIST")]));
  },
  "/interim": (req, res) => {
    res.writeContinue();
    res.writeProcessing();
    res.writeEarlyHints({ link: "</style.css>; rel=preload" });
    res.end("after interim answers");
  },
  "/trailers": (req, res) => {
    res.writeHead(200, { Trailer: "X-Sum" });
    res.write("body");
    res.addTrailers({ "X-Sum": "4" });
    res.end();
  },
  "/expect": (req, res) => {
    res.end(JSON.stringify([req.headers.expect ?? null, logs.get("expect") ?? null]));
    logs.delete("expect");
  },
  "/cork": (req, res) => {
    res.cork();
    res.write("a");
    res.write("b");
    process.nextTick(() => res.uncork());
    setTimeout(() => res.end("c"), 5);
  },
  "/flush": async (req, res) => {
    res.flushHeaders();
    await sleep(5);
    res.end("late");
  },
  "/socket": (req, res) => {
    const { socket } = req;
    res.end(
      JSON.stringify([
        socket === res.socket,
        socket === req.connection,
        socket.writable,
        socket.destroyed,
        Boolean(socket.encrypted),
        typeof socket.remotePort,
        socket.localPort === server.address().port,
        typeof socket.setKeepAlive,
        socket.server === server,
      ]),
    );
  },
  "/socket-gone": (req, res) => {
    watch("socket-gone", req, res);
    req.socket.on("close", () => logs.get("socket-gone").push("socket close"));
    req.socket.destroy();
  },
  "/connections": (req, res) => {
    server.getConnections((error, count) => res.end(String(error === null && count >= 1)));
  },
  "/endless": (req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    const source = new Endless();
    pipeline(source, res, (error) => logs.set("endless", [error?.code ?? "fine", source.value < 2_000_000]));
  },
  "/second": async (req, res) => {
    // Another server, made and closed during a request.
    const other = http.createServer((request, response) => response.end(`other ${request.url}`)).listen(0);
    await once(other, "listening");
    const answer = await fetch(`http://127.0.0.1:${other.address().port}/x`);
    const text = await answer.text();
    const closed = once(other, "close");
    other.close();
    other.closeAllConnections();
    await closed;
    const refused = await fetch(`http://127.0.0.1:${other.address()?.port ?? 9}/x`).catch((error) => error.name);
    res.end(JSON.stringify([text, refused, other.listening]));
  },
  "/agents": async (req, res) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    const ask = (path) =>
      new Promise((resolve, reject) => {
        const request = http.get({ host: "localhost", port, path, agent }, (answer) => {
          answer.setEncoding("latin1");
          let text = "";
          answer.on("data", (part) => (text += part));
          answer.on("end", () => resolve(text));
        });
        request.on("error", reject);
      });
    const answers = await Promise.all(["/", "/hex", "/latin1", "/", "/hex"].map(ask));
    agent.destroy();
    res.end(JSON.stringify(answers));
  },
  "/lookup": async (req, res) => {
    const ask = (lookup) =>
      new Promise((resolve) => {
        http
          .get({ host: "made-up.example", port, path: "/", lookup }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          })
          .on("error", (error) => resolve(error.message));
      });
    res.end(
      JSON.stringify([
        await ask((host, options, done) => done(new Error(`${host} is not allowed`))),
        await ask((host, options, done) =>
          options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
        ),
      ]),
    );
  },
  "/proxies": async (req, res) => {
    const { HttpsProxyAgent } = require("https-proxy-agent");
    const refused = (options) =>
      new Promise((resolve) => {
        http
          .get({ host: "localhost", port, ...options }, () => resolve("answered"))
          .on("error", (error) => resolve(`${error.code} ${error.message}`));
      });
    res.end(
      JSON.stringify([
        await refused({ path: "/", agent: new HttpsProxyAgent("http://proxy:3128") }),
        await refused({ path: "http://elsewhere.example/" }),
      ]),
    );
  },
  "/http2": async (req, res) => {
    const http2 = require("node:http2");
    const both = http2.createSecureServer({ allowHTTP1: true }, (request, response) => {
      response.end(`${request.httpVersion} ${request.url}`);
    });
    await once(both.listen(0), "listening");
    const answer = await fetch(`http://127.0.0.1:${both.address().port}/x`);
    both.close();
    res.end(JSON.stringify([await answer.text(), attempt(() => http2.createSecureServer({}))]));
  },
  "/client-expect": (req, res) => {
    const seen = [];
    const options = { port, path: "/echo", method: "POST", headers: { Expect: "100-continue" } };
    const request = http.request(options, (answer) => {
      seen.push(answer.statusCode);
      answer.resume();
      answer.on("end", () => res.end(JSON.stringify(seen)));
    });
    request.on("continue", () => {
      seen.push("continue");
      request.end("body");
    });
    request.flushHeaders();
  },
  "/echo": (req, res) => req.pipe(res),
  "/sink": (req, res) => {
    let size = 0;
    const slow = new Writable({
      write(part, _encoding, done) {
        size += part.length;
        setImmediate(done);
      },
    });
    pipeline(req, slow, (error) => res.end(`${size} ${error?.code ?? "fine"}`));
  },
};

const answer = (req, res) => {
  const route = routes[new URL(req.url, "http://x").pathname];
  if (!route) return res.writeHead(404).end("no such route");
  return route(req, res);
};

const server = http.createServer(answer);
server.on("checkContinue", (req, res) => {
  logs.set("expect", "checked");
  res.writeContinue();
  server.emit("request", req, res);
});
server.listen(port);
http.createServer((req, res) => res.end("another port")).listen(process.env.PORT ? 0 : 3001);
