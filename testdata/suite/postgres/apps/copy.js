// COPY in both directions with pg-copy-streams: CSV uploads and downloads.
const express = require("express");
const { pipeline } = require("node:stream/promises");
const { Readable } = require("node:stream");
const { Pool } = require("pg");
const { from: copyFrom, to: copyTo } = require("pg-copy-streams");

const pool = new Pool({ max: 4 });
const app = express();

app.post("/import", async (req, res) => {
  const client = await pool.connect();
  try {
    const ingest = client.query(copyFrom("COPY copy_people (name, age) FROM STDIN WITH (FORMAT csv, HEADER)"));
    await pipeline(req, ingest);
    res.status(201).json({ rows: ingest.rowCount });
  } catch (error) {
    res.status(400).json({ code: error.code, message: error.message, where: error.where });
  } finally {
    client.release();
  }
});

app.get("/export.csv", async (req, res) => {
  const client = await pool.connect();
  try {
    res.type("text/csv");
    await pipeline(
      client.query(copyTo("COPY (SELECT name, age FROM copy_people ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)")),
      res,
    );
  } finally {
    client.release();
  }
});

app.get("/bulk/:rows", async (req, res) => {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("CREATE TEMP TABLE bulk (n int, text text) ON COMMIT DROP");
    const lines = Readable.from(
      (function* () {
        for (let n = 0; n < Number(req.params.rows); n++) yield `${n}\ttext ${n}\n`;
      })(),
    );
    await pipeline(lines, client.query(copyFrom("COPY bulk FROM STDIN")));
    const { rows } = await client.query(
      "SELECT count(*)::int AS rows, sum(n)::int AS sum, max(length(text)) AS longest FROM bulk",
    );
    await client.query("ROLLBACK");
    res.json(rows[0]);
  } finally {
    client.release();
  }
});

pool
  .query("DROP TABLE IF EXISTS copy_people; CREATE TABLE copy_people (id serial, name text NOT NULL, age int)")
  .then(() => app.listen(3000));
