// LISTEN and NOTIFY: a trigger tells every listener of new orders, and the app streams them as server-sent events.
const express = require("express");
const { Client, Pool } = require("pg");

const pool = new Pool();
const listener = new Client();
const seen = [];
const streams = new Map();
let lastStream = 0;

listener.on("notification", ({ channel, payload }) => {
  const message = JSON.parse(payload);
  if (channel === "notify_live") streams.get(message.stream)?.write(`data: ${message.text}\n\n`);
  else seen.push({ channel, message });
});

const app = express();
app.use(express.json());

app.post("/orders", async (req, res) => {
  const { rows } = await pool.query("INSERT INTO notify_orders (item, amount) VALUES ($1, $2) RETURNING *", [
    req.body.item,
    req.body.amount,
  ]);
  res.status(201).json(rows[0]);
});

app.post("/broadcast", async (req, res) => {
  await pool.query("SELECT pg_notify('notify_orders', $1)", [JSON.stringify(req.body)]);
  res.sendStatus(202);
});

app.get("/seen", (req, res) => res.json(seen));

// Ends after two events.
app.get("/live", async (req, res) => {
  res.set("content-type", "text/event-stream").flushHeaders();
  const stream = ++lastStream;
  streams.set(stream, res);
  res.on("close", () => streams.delete(stream));
  for (const text of ["one", "two"]) {
    await pool.query("SELECT pg_notify('notify_live', $1)", [JSON.stringify({ stream, text })]);
  }
  setTimeout(() => res.end(), 300);
});

(async () => {
  await listener.connect();
  await pool.query(`
    DROP TABLE IF EXISTS notify_orders;
    CREATE TABLE notify_orders (id serial PRIMARY KEY, item text NOT NULL, amount int NOT NULL CHECK (amount > 0));
    CREATE OR REPLACE FUNCTION notify_order() RETURNS trigger AS $$
    BEGIN
      PERFORM pg_notify('notify_orders', row_to_json(NEW)::text);
      RETURN NEW;
    END $$ LANGUAGE plpgsql;
    CREATE TRIGGER notify_order AFTER INSERT ON notify_orders FOR EACH ROW EXECUTE FUNCTION notify_order();`);
  await listener.query("LISTEN notify_orders; LISTEN notify_live");
  app.use((error, req, res, next) => res.status(422).json({ code: error.code, constraint: error.constraint }));
  app.listen(3000);
})();
