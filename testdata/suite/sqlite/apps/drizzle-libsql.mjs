import { createClient } from "@libsql/client";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import express from "express";

const cities = sqliteTable("cities", { id: integer().primaryKey(), name: text().unique(), size: integer() });
const db = drizzle(createClient({ url: "file:cities-libsql.db" }));
await db.run(sql`CREATE TABLE IF NOT EXISTS cities (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER)`);

const app = express();
app.use(express.json());
app.get("/cities", async (req, res) => res.json(await db.select().from(cities).orderBy(cities.id)));
app.post("/cities", async (req, res) => res.json(await db.insert(cities).values(req.body).returning()));
app.put("/cities/:id", async (req, res) => {
  const { rowsAffected } = await db.update(cities).set(req.body).where(eq(cities.id, Number(req.params.id)));
  res.json({ rowsAffected });
});
app.post("/batch", async (req, res) => {
  const [first, second] = await db.batch([db.insert(cities).values({ name: "Batch" }).returning({ id: cities.id }), db.select({ n: sql`count(*)` }).from(cities)]);
  res.json([first, second]);
});
app.post("/transaction", async (req, res) => {
  const answer = await db.transaction(async (tx) => {
    await tx.insert(cities).values({ name: "Gone" });
    tx.rollback();
  }).catch((error) => error.message);
  res.json({ answer, cities: await db.$count(cities) });
});
app.use((error, req, res, next) => res.status(400).json({ message: error.message, cause: error.cause?.code }));
app.listen(process.env.PORT || 3000);
