// ioredis: publish and subscribe, key space events, blocking reads, a subscriber as server-sent events.
const express = require("express");
const Redis = require("ioredis");

const redis = new Redis(process.env.REDIS_URL);
const subscriber = new Redis(process.env.REDIS_URL);
const received = [];

subscriber.on("message", (channel, message) => received.push([channel, message]));
subscriber.on("pmessage", (pattern, channel, message) => received.push([pattern, channel, message]));

const app = express();
app.use(express.json());
app.post("/publish/:channel", async (req, res) =>
  res.json({ receivers: await redis.publish(req.params.channel, JSON.stringify(req.body)) }),
);
app.get("/received", (req, res) => res.json(received));
app.get("/channels", async (req, res) =>
  res.json({
    channels: (await redis.pubsub("CHANNELS", "ips:*")).sort(),
    numsub: await redis.pubsub("NUMSUB", "ips:a"),
  }),
);
app.post("/expire", async (req, res) => {
  await redis.set("ips:short", "x", "PX", 150);
  res.sendStatus(202);
});
app.get("/blocking", async (req, res) => {
  const waiter = redis.duplicate();
  const popped = waiter.brpop("ips:jobs", 3);
  setTimeout(() => redis.lpush("ips:jobs", "work"), 50);
  res.json(await popped);
  waiter.disconnect();
});
app.get("/timeout", async (req, res) => {
  const waiter = redis.duplicate();
  res.json(await waiter.blpop("ips:never", 0.1));
  await waiter.quit();
});
app.get("/subscriber-mode", (req, res) =>
  subscriber.get("x").then(
    (value) => res.json(value),
    (error) => res.status(422).json({ message: error.message }),
  ),
);

(async () => {
  await redis.config("SET", "notify-keyspace-events", "Ex");
  await subscriber.subscribe("ips:a", "ips:b");
  await subscriber.psubscribe("ips:user:*", "__keyevent@0__:expired");
  app.listen(3000);
})();
