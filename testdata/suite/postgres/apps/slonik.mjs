// Slonik: typed queries whose results are checked with zod.
import express from "express";
import { createPool, sql, NotFoundError, UniqueIntegrityConstraintViolationError } from "slonik";
import { z } from "zod";

const pool = await createPool(process.env.DATABASE_URL, { maximumPoolSize: 4 });
const book = z.object({ id: z.number(), title: z.string(), year: z.number().nullable() });

await pool.query(sql.unsafe`DROP TABLE IF EXISTS slonik_books`);
await pool.query(sql.unsafe`CREATE TABLE slonik_books (id serial PRIMARY KEY, title text UNIQUE NOT NULL, year int)`);
await pool.query(sql.unsafe`
  INSERT INTO slonik_books (title, year)
  SELECT * FROM ${sql.unnest(
    [
      ["Emma", 1815],
      ["Ulysses", 1922],
      ["Beowulf", null],
    ],
    ["text", "int4"],
  )}`);

const app = express();
app.use(express.json());

app.get("/books", async (req, res) => {
  const where = req.query.before ? sql.fragment`WHERE year < ${Number(req.query.before)}` : sql.fragment``;
  res.json(await pool.any(sql.type(book)`SELECT id, title, year FROM slonik_books ${where} ORDER BY id`));
});

app.get("/books/:id", async (req, res) => {
  res.json(await pool.one(sql.type(book)`SELECT id, title, year FROM slonik_books WHERE id = ${req.params.id}`));
});

app.post("/books", async (req, res) => {
  const id = await pool.transaction((t) =>
    t.oneFirst(
      sql.type(z.object({ id: z.number() }))`INSERT INTO slonik_books (title) VALUES (${req.body.title}) RETURNING id`,
    ),
  );
  res.status(201).json({ id });
});

app.get("/counts", async (req, res) => {
  const { rows, rowCount } = await pool.query(
    sql.unsafe`SELECT count(*) AS n, json_agg(title ORDER BY title) AS titles FROM slonik_books WHERE year IS NOT NULL`,
  );
  res.json({ rows, rowCount });
});

app.use((error, req, res, next) => {
  if (error instanceof NotFoundError) return res.status(404).json({ error: "not found" });
  if (error instanceof UniqueIntegrityConstraintViolationError)
    return res.status(409).json({ constraint: error.constraint });
  res.status(422).json({ name: error.constructor.name, message: error.message });
});

app.listen(3000);
