// node-pg-migrate runs the migrations of a folder when the program starts.
import express from "express";
import { runner } from "node-pg-migrate";
import pg from "pg";

const options = {
  databaseUrl: process.env.DATABASE_URL,
  dir: "migrations",
  migrationsTable: "pgm_done",
  log: () => {},
};
await runner({ ...options, direction: "down", count: Infinity });
const applied = await runner({ ...options, direction: "up" });

const pool = new pg.Pool();
const app = express();
app.use(express.json());

app.get("/applied", (req, res) => res.json(applied.map(({ name }) => name)));
app.get("/rooms", async (req, res) => res.json((await pool.query("SELECT * FROM pgm_rooms ORDER BY id")).rows));
app.get("/columns", async (req, res) => {
  const { rows } = await pool.query(
    "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'pgm_rooms' ORDER BY ordinal_position",
  );
  res.json(rows);
});
app.post("/rooms", async (req, res) => {
  const { rows } = await pool.query("INSERT INTO pgm_rooms (name, seats) VALUES ($1, $2) RETURNING *", [
    req.body.name,
    req.body.seats,
  ]);
  res.status(201).json(rows[0]);
});
app.use((error, req, res, next) => res.status(422).json({ code: error.code, constraint: error.constraint }));
app.listen(3000);
