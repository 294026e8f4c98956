// node-redis 5: a shared client with automatic pipelining, transactions, scans, types.
import express from "express";
import { createClient, WatchError } from "redis";

const client = createClient({ url: process.env.REDIS_URL });
client.on("error", (error) => console.error("Redis Client Error", error));
await client.connect();

const app = express();
app.use(express.json());

app.put("/keys/:key", async (req, res) => {
  const options = req.query.seconds ? { expiration: { type: "EX", value: Number(req.query.seconds) } } : {};
  res.json({ answer: await client.set(`rc:${req.params.key}`, JSON.stringify(req.body), options) });
});
app.get("/keys/:key", async (req, res) => {
  const value = await client.get(`rc:${req.params.key}`);
  if (value === null) return res.status(404).json({ error: "no such key" });
  res.json(JSON.parse(value));
});
app.get("/ttl/:key", async (req, res) => res.json({ hasTtl: (await client.ttl(`rc:${req.params.key}`)) > 0 }));
app.delete("/keys/:key", async (req, res) => res.json({ deleted: await client.del(`rc:${req.params.key}`) }));

app.post("/transaction", async (req, res) => {
  const [set, n, got] = await client.multi().set("rc:a", "1").incr("rc:a").get("rc:a").exec();
  res.json({ set, n, got });
});
app.post("/watch", async (req, res) => {
  const isolated = client.duplicate();
  await isolated.connect();
  try {
    await isolated.watch("rc:watched");
    await client.set("rc:watched", "changed meanwhile");
    await isolated.multi().set("rc:watched", "mine").exec();
    res.json({ ok: true });
  } catch (error) {
    res.status(409).json({ watch: error instanceof WatchError, value: await client.get("rc:watched") });
  } finally {
    isolated.destroy();
  }
});
app.get("/types", async (req, res) => {
  const [hash, list, set, zset, missing] = await Promise.all([
    client.hGetAll("rc:hash"),
    client.lRange("rc:list", 0, -1),
    client.sMembers("rc:set"),
    client.zRangeWithScores("rc:zset", 0, -1),
    client.hGetAll("rc:nothing"),
  ]);
  res.json({ hash, list, set: set.sort(), zset, missing });
});
app.get("/scan", async (req, res) => {
  await client.mSet(Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`rc:scan:${n}`, String(n)])));
  let found = 0;
  for await (const keys of client.scanIterator({ MATCH: "rc:scan:*", COUNT: 50 })) found += keys.length;
  res.json({ found });
});
app.get("/buffer", async (req, res) => {
  await client.set("rc:binary", Buffer.from([0, 255, 13, 10, 128]));
  const length = await client.strLen("rc:binary");
  res.json({ length, hex: await client.bitCount("rc:binary") });
});
app.get("/wrong-type", async (req, res) => res.json(await client.lPush("rc:hash", "x")));
app.use((error, req, res, next) => res.status(422).json({ name: error.constructor.name, message: error.message }));

await client.hSet("rc:hash", { name: "ann", age: 30 });
await client.del(["rc:list", "rc:set", "rc:zset"]);
await client.rPush("rc:list", ["a", "b", "c"]);
await client.sAdd("rc:set", ["x", "y"]);
await client.zAdd("rc:zset", [
  { score: 2, value: "two" },
  { score: 1.5, value: "one and a half" },
]);
app.listen(3000);
