// cache-manager with two stores, memory before Redis; and cacheable.
import express from "express";
import { createCache } from "cache-manager";
import { Cacheable } from "cacheable";
import KeyvRedis from "@keyv/redis";
import Keyv from "keyv";

const cache = createCache({
  stores: [new Keyv(), new Keyv({ store: new KeyvRedis(process.env.REDIS_URL), namespace: "cm" })],
  ttl: 30000,
});
const layered = new Cacheable({ secondary: new KeyvRedis(process.env.REDIS_URL), ttl: "1h" });
let loads = 0;

const app = express();
app.get("/products/:id", async (req, res) => {
  const product = await cache.wrap(`product:${req.params.id}`, async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (req.params.id === "0") throw new Error("no such product");
    return { id: req.params.id, name: `product ${req.params.id}` };
  });
  res.json(product);
});
app.get("/loads", (req, res) => res.json({ loads }));
app.post("/forget/:id", async (req, res) => res.json({ deleted: await cache.del(`product:${req.params.id}`) }));
app.get("/many", async (req, res) => {
  await cache.mset([
    { key: "a", value: 1 },
    { key: "b", value: [2] },
  ]);
  res.json({ values: await cache.mget(["a", "b"]), one: await cache.get("b") });
});
app.get("/layered", async (req, res) => {
  await layered.set("k", { deep: { value: 1 } });
  res.json([await layered.get("k"), await layered.has("k"), (await layered.get("nothing")) ?? null]);
});
app.use((error, req, res, next) => res.status(404).json({ error: error.message }));
app.listen(3000);
