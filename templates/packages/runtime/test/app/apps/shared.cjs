// What requests of one process share: clients with one connection, memory, a session store, locks, an agent, streams.
const { AsyncLocalStorage } = require("node:async_hooks");
const { EventEmitter, once } = require("node:events");
const http = require("node:http");
const { pipeline, PassThrough } = require("node:stream");
const express = require("express");
const session = require("express-session");
const Redis = require("ioredis");

const port = process.env.PORT ?? 3000;
const redis = process.env.CACHE_URL === "none" ? undefined : new Redis(process.env.CACHE_URL ?? "redis://cache:6379");
redis?.on("error", (error) => console.error("client error", error.message));
const context = new AsyncLocalStorage();
const agent = new http.Agent({ keepAlive: true, maxSockets: 5 });
const news = new EventEmitter().setMaxListeners(0);
const seen = new Map();
let lock = Promise.resolve();

const app = express();
app.use((req, res, next) => context.run({ id: req.query.id }, next));
app.use(session({ secret: "x", resave: false, saveUninitialized: false }));
app.use(express.json());

app.get("/", (req, res) => res.send("shared"));
app.get("/memory", (req, res) => {
  seen.set(req.query.id, (seen.get(req.query.id) ?? 0) + 1);
  res.json({ id: context.getStore().id, seen: seen.get(req.query.id) });
});
app.get("/redis", async (req, res) => {
  const key = `k${req.query.id}`;
  await redis.multi().set(key, req.query.id).incr("all").exec();
  res.json({ id: context.getStore().id, value: await redis.get(key) });
});
app.get("/session", (req, res) => {
  req.session.ids = [...(req.session.ids ?? []), req.query.id];
  res.json(req.session.ids);
});
app.get("/lock", async (req, res) => {
  // A queue of promises: each request waits for one that another request made.
  const before = lock;
  let release;
  lock = new Promise((resolve) => (release = resolve));
  await before;
  await new Promise((resolve) => setTimeout(resolve, 1));
  release();
  res.json({ id: context.getStore().id });
});
app.get("/news", async (req, res) => {
  // An event that another request emits.
  const heard = once(news, `news ${req.query.id}`);
  http.get({ port, path: `/tell?id=${req.query.id}`, agent }, (answer) => answer.resume());
  const [text] = await heard;
  res.json({ id: context.getStore().id, text });
});
app.get("/tell", (req, res) => {
  news.emit(`news ${req.query.id}`, `told ${req.query.id}`);
  res.end("ok");
});
app.post("/echo", (req, res) => {
  res.type("text/plain");
  pipeline(req, new PassThrough(), res, () => {});
});
app.post("/json", (req, res) => res.json({ id: context.getStore().id, got: req.body }));
app.get("/stream", async (req, res) => {
  for (let part = 0; part < 5; part++) {
    res.write(`${req.query.id}:${part}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  res.end();
});
app.get("/fetch", async (req, res) => {
  const answer = await fetch(`http://localhost:${port}/memory?id=inner${req.query.id}`);
  res.json({ id: context.getStore().id, inner: (await answer.json()).id });
});

app.listen(port);
