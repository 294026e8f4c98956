import { createServer } from "node:http";
import KeyvSqlite from "@keyv/sqlite";
import Keyv from "keyv";

const cache = new Keyv({ store: new KeyvSqlite("sqlite://cache.sqlite"), namespace: "cache" });
createServer(async (req, res) => {
  const [, key, value] = req.url.split("/");
  const answer = value === "delete" ? await cache.delete(key) : value ? await cache.set(key, { value }, value === "short" ? 50 : undefined) : ((await cache.get(key)) ?? null);
  res.setHeader("content-type", "application/json").end(JSON.stringify(answer));
}).listen(process.env.PORT || 3000);
