// express-rate-limit counting in Redis by rate-limit-redis.
const express = require("express");
const { rateLimit } = require("express-rate-limit");
const { RedisStore } = require("rate-limit-redis");
const Redis = require("ioredis");

const redis = new Redis(process.env.REDIS_URL);
const limiter = (prefix, limit) =>
  rateLimit({
    windowMs: 10 * 60 * 1000,
    limit,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (req) => req.get("x-api-key") ?? "anonymous",
    store: new RedisStore({ prefix, sendCommand: (command, ...args) => redis.call(command, ...args) }),
    handler: (req, res) => res.status(429).json({ error: "slow down", used: req.rateLimit.used }),
  });

const app = express();
app.post("/login", limiter("rl:login:", 2), (req, res) =>
  res.json({ used: req.rateLimit.used, remaining: req.rateLimit.remaining }),
);
app.post("/search", limiter("rl:search:", 5), (req, res) => res.json({ remaining: req.rateLimit.remaining }));
app.get("/free", (req, res) => res.json({ free: true }));
app.listen(3000);
