// Express 5 with static files and a counter in Redis.
const path = require("node:path");
const express = require("express");
const Redis = require("ioredis");

const redis = new Redis(process.env.REDIS_URL);
const app = express();
app.use(express.static(path.join(__dirname, "..", "public")));

app.get("/hits", async (req, res) => {
  res.json({ hits: await redis.incr("hits") });
});

app.listen(process.env.PORT ?? 3000);
