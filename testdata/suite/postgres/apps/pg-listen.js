// pg-listen: notifications with reconnecting and JSON payloads; a cache that other processes invalidate.
const express = require("express");
const { default: createSubscriber } = require("pg-listen");
const { Pool } = require("pg");

const pool = new Pool();
const subscriber = createSubscriber({ connectionString: process.env.DATABASE_URL });
const cache = new Map();
let loads = 0;

subscriber.notifications.on("pgl_invalidate", ({ key }) => cache.delete(key));
subscriber.events.on("error", (error) => {
  console.error("Fatal database connection error:", error);
  process.exit(1);
});

const app = express();
app.get("/settings/:key", async (req, res) => {
  const { key } = req.params;
  if (!cache.has(key)) {
    loads++;
    const { rows } = await pool.query("SELECT value FROM pgl_settings WHERE key = $1", [key]);
    cache.set(key, rows[0]?.value ?? null);
  }
  if (cache.get(key) === null) return res.status(404).json({ error: "not set" });
  res.json({ key, value: cache.get(key) });
});
app.put("/settings/:key", express.text(), async (req, res) => {
  const { key } = req.params;
  await pool.query("INSERT INTO pgl_settings VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [
    key,
    req.body,
  ]);
  await subscriber.notify("pgl_invalidate", { key });
  res.sendStatus(204);
});
app.get("/loads", (req, res) => res.json({ loads }));

(async () => {
  await subscriber.connect();
  await subscriber.listenTo("pgl_invalidate");
  await pool.query("DROP TABLE IF EXISTS pgl_settings; CREATE TABLE pgl_settings (key text PRIMARY KEY, value text)");
  await pool.query("INSERT INTO pgl_settings VALUES ('color', 'blue')");
  app.listen(3000);
})();
