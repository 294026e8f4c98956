// Large results piece by piece: pg-cursor for pages, pg-query-stream for a stream of lines.
const express = require("express");
const { Transform } = require("node:stream");
const { pipeline } = require("node:stream/promises");
const { Pool } = require("pg");
const Cursor = require("pg-cursor");
const QueryStream = require("pg-query-stream");

const pool = new Pool({ max: 6 });
const app = express();

app.get("/pages", async (req, res) => {
  const client = await pool.connect();
  const cursor = client.query(new Cursor("SELECT n FROM generate_series(1, $1) AS n", [Number(req.query.rows ?? 25)]));
  const sizes = [];
  for (let rows = await cursor.read(10); rows.length > 0; rows = await cursor.read(10)) {
    sizes.push(rows.length);
    if (sizes.length === Number(req.query.stop)) break;
  }
  await cursor.close();
  const { rows } = await client.query("SELECT 'usable' AS state");
  client.release();
  res.json({ sizes, after: rows[0].state });
});

app.get("/lines", async (req, res) => {
  const client = await pool.connect();
  try {
    const stream = client.query(
      new QueryStream("SELECT n, md5(n::text) AS hash FROM generate_series(1, $1) AS n", [5000], { batchSize: 200 }),
    );
    const toLines = new Transform({
      writableObjectMode: true,
      transform: (row, encoding, done) => done(null, JSON.stringify(row) + "\n"),
    });
    res.type("application/x-ndjson");
    await pipeline(stream, toLines, res);
  } finally {
    client.release();
  }
});

app.get("/sum", async (req, res) => {
  const client = await pool.connect();
  let sum = 0;
  for await (const row of client.query(new QueryStream("SELECT n FROM generate_series(1, 1000) AS n"))) sum += row.n;
  client.release();
  res.json({ sum });
});

app.get("/broken", async (req, res) => {
  const client = await pool.connect();
  const cursor = client.query(new Cursor("SELECT 1 / (3 - n) AS x FROM generate_series(1, 5) AS n"));
  try {
    res.json(await cursor.read(10));
  } catch (error) {
    res.status(422).json({ code: error.code, message: error.message });
  } finally {
    client.release();
  }
});

app.listen(3000);
