// ioredis: pipelines, transactions, key prefixes, scans as streams, automatic pipelining.
const express = require("express");
const Redis = require("ioredis");

const redis = new Redis(process.env.REDIS_URL, { keyPrefix: "io:", maxRetriesPerRequest: 3 });
const auto = new Redis({ host: process.env.REDIS_HOST, enableAutoPipelining: true, db: 1 });
redis.on("error", (error) => console.error(error));

const app = express();
app.use(express.json());

app.post("/visits/:page", async (req, res) => {
  const results = await redis
    .pipeline()
    .incr(`visits:${req.params.page}`)
    .expire(`visits:${req.params.page}`, 100)
    .hincrby("visits", req.params.page, 1)
    .exec();
  res.json(results);
});
app.get("/visits", async (req, res) => res.json(await redis.hgetall("visits")));
app.get("/error-in-pipeline", async (req, res) => {
  const results = await redis.pipeline().set("text", "abc").incr("text").get("text").exec();
  res.json(results.map(([error, value]) => error?.message ?? value));
});
app.get("/multi", async (req, res) => res.json(await redis.multi().set("m", "1").incrby("m", 41).get("m").exec()));
app.get("/discarded", async (req, res) => {
  const outcome = await redis
    .multi()
    .set("m", "1")
    .call("nosuchcommand")
    .exec()
    .catch((error) => error.message);
  res.json({ outcome });
});
app.get("/scan", async (req, res) => {
  await redis.mset(Object.fromEntries(Array.from({ length: 75 }, (_, n) => [`item:${n}`, n])));
  const seen = new Set();
  for await (const keys of redis.scanStream({ match: "io:item:*", count: 20 })) for (const key of keys) seen.add(key);
  res.json({ keys: seen.size });
});
app.get("/buffers", async (req, res) => {
  await redis.setBuffer("bytes", Buffer.from("00ff10", "hex"));
  res.json({ hex: (await redis.getBuffer("bytes")).toString("hex") });
});
app.get("/auto", async (req, res) => {
  const values = await Promise.all(
    Array.from({ length: 30 }, (_, n) => auto.set(`n${n}`, n).then(() => auto.get(`n${n}`))),
  );
  res.json({ sum: values.reduce((sum, value) => sum + Number(value), 0), inDb0: await redis.exists("n1") });
});
app.get("/sorted", async (req, res) => {
  const results = await redis
    .multi()
    .del("z")
    .zadd("z", 3, "c", 1, "a", 2, "b")
    .zrange("z", 0, -1, "WITHSCORES")
    .zrangebyscore("z", "(1", "+inf")
    .zpopmin("z")
    .zrank("z", "c")
    .exec();
  res.json(results.slice(2).map(([, value]) => value));
});
app.get("/geo", async (req, res) => {
  await redis.geoadd("geo", 13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania");
  res.json([
    await redis.geodist("geo", "Palermo", "Catania", "km"),
    await redis.geosearch("geo", "FROMLONLAT", 15, 37, "BYRADIUS", 200, "km", "ASC"),
  ]);
});
app.get("/wrong", async (req, res) => res.json(await redis.lpush("visits", 1)));
app.get("/info", async (req, res) =>
  res.json({
    ping: await redis.ping(),
    type: await redis.type("visits"),
    encoding: await redis.object("ENCODING", "visits"),
  }),
);
app.use((error, req, res, next) => res.status(422).json({ name: error.name, message: error.message }));

redis.hset("visits", "home", 0).then(() => app.listen(3000));
