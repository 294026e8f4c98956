// Tasks in PostgreSQL, by a pool that all requests share.
const express = require("express");
const { Pool } = require("pg");

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 5, idleTimeoutMillis: 30000 });
pool.on("error", (error) => console.error("idle client", error));

const app = express();
app.use(express.json());

app.get("/tasks", async (req, res) => {
  const { rows, rowCount } = await pool.query("SELECT * FROM pool_tasks ORDER BY id");
  res.json({ rowCount, rows });
});

app.get("/tasks/:id", async (req, res) => {
  const { rows } = await pool.query("SELECT id, title, done FROM pool_tasks WHERE id = $1", [req.params.id]);
  if (rows.length === 0) return res.status(404).json({ error: "no such task" });
  res.json(rows[0]);
});

app.post("/tasks", async (req, res) => {
  const { title, tags = [], details = {} } = req.body;
  const { rows } = await pool.query(
    "INSERT INTO pool_tasks (title, tags, details) VALUES ($1, $2, $3) RETURNING id, title, tags, details",
    [title, tags, details],
  );
  res.status(201).json(rows[0]);
});

app.post("/tasks/:id/done", async (req, res) => {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query("SELECT done FROM pool_tasks WHERE id = $1 FOR UPDATE", [req.params.id]);
    if (rows.length === 0) {
      await client.query("ROLLBACK");
      return res.status(404).json({ error: "no such task" });
    }
    await client.query("UPDATE pool_tasks SET done = true WHERE id = $1", [req.params.id]);
    await client.query("COMMIT");
    res.json({ before: rows[0].done, after: true });
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
});

app.get("/types", async (req, res) => {
  const { rows, fields } = await pool.query(`
    SELECT 1::int4 AS int4, 9007199254740993::int8 AS int8, 1.50::numeric AS numeric, 2.5::float8 AS float8, true AS bool,
      'text'::text AS text, '{"a":[1,2]}'::jsonb AS jsonb, ARRAY[1,2,3] AS ints, ARRAY['a','b c'] AS texts,
      '\\xdeadbeef'::bytea AS bytea, '2024-02-29T12:00:00Z'::timestamptz AS at, '5 days 3 hours'::interval AS interval,
      '192.168.0.1'::inet AS inet, NULL AS nothing`);
  res.json({ row: rows[0], names: fields.map((field) => [field.name, field.dataTypeID]) });
});

app.get("/parallel", async (req, res) => {
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) => pool.query("SELECT $1::int * 2 AS double, pg_sleep(0.01)", [n])),
  );
  res.json(results.map(({ rows }) => rows[0].double));
});

app.get("/large", async (req, res) => {
  const { rows } = await pool.query("SELECT repeat('x', 1000) AS text, n FROM generate_series(1, 2000) AS n");
  res.json({ rows: rows.length, characters: rows.reduce((sum, row) => sum + row.text.length, 0) });
});

app.use((error, req, res, next) => {
  res.status(error.code === "23505" ? 409 : error.code === "22P02" ? 400 : 500);
  res.json({ code: error.code, message: error.message, detail: error.detail, constraint: error.constraint });
});

async function main() {
  await pool.query(`
    DROP TABLE IF EXISTS pool_tasks;
    CREATE TABLE pool_tasks (
      id serial PRIMARY KEY, title text NOT NULL UNIQUE, done boolean NOT NULL DEFAULT false,
      tags text[] NOT NULL DEFAULT '{}', details jsonb NOT NULL DEFAULT '{}')`);
  await pool.query("INSERT INTO pool_tasks (title) VALUES ('first'), ('second')");
  app.listen(process.env.PORT || 3000, () => console.log("listening"));
}

main();
