// Redis streams: an event log, consumer groups with acknowledgements, entries claimed from a consumer that is gone.
const express = require("express");
const Redis = require("ioredis");

const redis = new Redis(process.env.REDIS_URL);
const reader = redis.duplicate();
const handled = [];

async function consume() {
  for (;;) {
    const answer = await reader.xreadgroup(
      "GROUP",
      "workers",
      "worker-1",
      "COUNT",
      5,
      "BLOCK",
      1000,
      "STREAMS",
      "st:orders",
      ">",
    );
    for (const [id, fields] of answer?.[0]?.[1] ?? []) {
      handled.push(fields);
      await redis.xack("st:orders", "workers", id);
    }
  }
}

const app = express();
app.use(express.json());
app.post("/orders", async (req, res) => {
  const id = await redis.xadd("st:orders", "MAXLEN", "~", 1000, "*", ...Object.entries(req.body).flat());
  res.status(201).json({ id });
});
app.get("/handled", (req, res) => res.json(handled));
app.get("/pending", async (req, res) => res.json(await redis.xpending("st:orders", "workers")));
app.post("/range", async (req, res) => {
  await redis.del("st:log");
  for (let n = 1; n <= 5; n++) await redis.xadd("st:log", `${n}-0`, "n", n);
  res.json({
    range: await redis.xrange("st:log", "2", "4"),
    reverse: await redis.xrevrange("st:log", "+", "-", "COUNT", 2),
    length: await redis.xlen("st:log"),
    read: await redis.xread("COUNT", 2, "STREAMS", "st:log", "3-0"),
    trimmed: await redis.xtrim("st:log", "MAXLEN", 2),
    smaller: await redis.xadd("st:log", "1-0", "n", 1).catch((error) => error.message),
  });
});
app.post("/claim", async (req, res) => {
  await redis.del("st:claim");
  await redis.xgroup("CREATE", "st:claim", "g", "0", "MKSTREAM");
  await redis.xadd("st:claim", "1-1", "job", "a");
  await redis.xreadgroup("GROUP", "g", "gone", "STREAMS", "st:claim", ">");
  const claimed = await redis.xautoclaim("st:claim", "g", "heir", 0, "0");
  const [[name, group]] = [[0, await redis.xinfo("GROUPS", "st:claim")]];
  res.json({
    claimed,
    groups: group.length,
    consumers: (await redis.xinfo("CONSUMERS", "st:claim", "g")).length,
    name,
  });
});
app.get("/info", async (req, res) => {
  const info = await redis.xinfo("STREAM", "st:log").catch((error) => error.message);
  res.json(Array.isArray(info) ? info.filter((_, i) => i % 2 === 0) : info);
});
app.use((error, req, res, next) => res.status(422).json({ message: error.message }));

(async () => {
  await redis.xgroup("CREATE", "st:orders", "workers", "$", "MKSTREAM").catch((error) => {
    if (!error.message.includes("BUSYGROUP")) throw error;
  });
  consume();
  app.listen(3000);
})();
