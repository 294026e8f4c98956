// express-session with connect-redis: a login that survives requests, and a logout.
import express from "express";
import session from "express-session";
import { RedisStore } from "connect-redis";
import { createClient } from "redis";

const client = createClient({ url: process.env.REDIS_URL });
await client.connect();

const app = express();
app.use(express.json());
app.use(
  session({
    store: new RedisStore({ client, prefix: "sess:", ttl: 3600 }),
    secret: ["new secret", "old secret"],
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { httpOnly: true, sameSite: "lax", maxAge: 3600_000 },
  }),
);

app.post("/login", (req, res, next) => {
  if (req.body.password !== "open sesame") return res.status(401).json({ error: "wrong password" });
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.user = { name: req.body.name };
    req.session.views = 0;
    req.session.save((error) => (error ? next(error) : res.json({ hello: req.body.name })));
  });
});
app.get("/me", (req, res) => {
  if (!req.session.user) return res.status(401).json({ error: "not logged in" });
  res.json({ user: req.session.user });
});
app.post("/view", (req, res) => res.json({ views: (req.session.views = (req.session.views ?? 0) + 1) }));
app.post("/logout", (req, res, next) =>
  req.session.destroy((error) => (error ? next(error) : res.clearCookie("connect.sid").sendStatus(204))),
);
app.get("/count", async (req, res) => {
  let keys = 0;
  for await (const batch of client.scanIterator({ MATCH: "sess:*" })) keys += batch.length;
  res.json({ sessions: keys });
});
app.listen(3000);
