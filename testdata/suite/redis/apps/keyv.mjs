// Keyv on Redis: namespaces, time to live, several values, iteration, hooks.
import express from "express";
import Keyv from "keyv";
import KeyvRedis, { createKeyv } from "@keyv/redis";

const users = createKeyv(process.env.REDIS_URL, { namespace: "kv-users" });
const pages = new Keyv({ store: new KeyvRedis(process.env.REDIS_URL), namespace: "kv-pages", ttl: 60000 });

const app = express();
app.use(express.json());
app.put("/users/:id", async (req, res) => res.json(await users.set(req.params.id, req.body)));
app.get("/users/:id", async (req, res) => {
  const user = await users.get(req.params.id);
  if (user === undefined) return res.status(404).json({ error: "no such user" });
  res.json(user);
});
app.delete("/users/:id", async (req, res) => res.json(await users.delete(req.params.id)));
app.get("/several", async (req, res) =>
  res.json([await users.getMany(["1", "2", "9"]), await users.has("1"), await pages.has("1")]),
);
app.post("/ttl", async (req, res) => {
  await pages.set("short", "x", 1500);
  const before = await pages.get("short");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  res.json({ before, after: (await pages.get("short")) ?? null });
});
app.get("/iterate", async (req, res) => {
  const names = [];
  for await (const [key] of users.iterator()) names.push(key);
  res.json(names.sort());
});
app.post("/clear", async (req, res) => {
  await users.clear();
  res.json({ left: (await users.get("1")) ?? null });
});
app.listen(3000);
