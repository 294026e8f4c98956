// Drizzle over mysql2: schema, joins, prepared queries, duplicate keys, transactions.
import express from "express";
import mysql from "mysql2/promise";
import { and, desc, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/mysql2";
import { int, json, mysqlTable, varchar } from "drizzle-orm/mysql-core";

const games = mysqlTable("dz_games", {
  id: int("id").autoincrement().primaryKey(),
  name: varchar("name", { length: 50 }).notNull().unique(),
  score: int("score").default(0),
  tags: json("tags"),
});
const pool = mysql.createPool(process.env.DATABASE_URL);
const db = drizzle(pool);

await db.execute(sql`DROP TABLE IF EXISTS dz_games`);
await db.execute(
  sql`CREATE TABLE dz_games (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE, score INT DEFAULT 0, tags JSON)`,
);
await db.insert(games).values([
  { name: "chess", score: 9, tags: ["board"] },
  { name: "go", score: 10 },
  { name: "poker", score: 5 },
]);

const best = db
  .select({ name: games.name })
  .from(games)
  .where(gt(games.score, sql.placeholder("min")))
  .orderBy(desc(games.score))
  .prepare();
const app = express();
app.use(express.json());
app.get("/games", async (req, res) => res.json(await db.select().from(games).orderBy(games.id)));
app.get("/best", async (req, res) => res.json(await best.execute({ min: 6 })));
app.get("/sql", (req, res) =>
  res.json(
    db
      .select()
      .from(games)
      .where(and(eq(games.name, "go"), gt(games.score, 1)))
      .toSQL(),
  ),
);
app.post("/games", async (req, res) => res.status(201).json(await db.insert(games).values(req.body).$returningId()));
app.put("/games", async (req, res) => {
  await db
    .insert(games)
    .values(req.body)
    .onDuplicateKeyUpdate({ set: { score: sql`score + 1` } });
  res.json(await db.select().from(games).where(eq(games.name, req.body.name)));
});
app.post("/rollback", async (req, res) => {
  const message = await db
    .transaction(async (tx) => {
      await tx.delete(games);
      throw new Error("no");
    })
    .catch((error) => error.message);
  res.json({ message, left: await db.$count(games) });
});
app.use((error, req, res, next) => res.status(422).json({ code: error.cause?.code ?? error.code }));
app.listen(3000);
