// Drizzle over node-postgres: schema in code, relations, prepared queries, transactions.
import express from "express";
import pg from "pg";
import { and, count, desc, eq, gte, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, jsonb, pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";

const users = pgTable("dz_users", {
  id: serial("id").primaryKey(),
  name: text("name").notNull().unique(),
  created: timestamp("created").defaultNow(),
});
const notes = pgTable("dz_notes", {
  id: serial("id").primaryKey(),
  userId: integer("user_id").references(() => users.id),
  body: text("body").notNull(),
  stars: integer("stars").default(0),
  meta: jsonb("meta"),
});
const usersRelations = relations(users, ({ many }) => ({ notes: many(notes) }));
const notesRelations = relations(notes, ({ one }) => ({
  user: one(users, { fields: [notes.userId], references: [users.id] }),
}));

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const db = drizzle(pool, { schema: { users, notes, usersRelations, notesRelations } });

await db.execute(sql`DROP TABLE IF EXISTS dz_notes, dz_users`);
await db.execute(
  sql`CREATE TABLE dz_users (id serial PRIMARY KEY, name text NOT NULL UNIQUE, created timestamp DEFAULT now())`,
);
await db.execute(
  sql`CREATE TABLE dz_notes (id serial PRIMARY KEY, user_id int REFERENCES dz_users, body text NOT NULL, stars int DEFAULT 0, meta jsonb)`,
);
const [ann] = await db
  .insert(users)
  .values([{ name: "ann" }, { name: "bob" }])
  .returning();
await db.insert(notes).values([
  { userId: ann.id, body: "one", stars: 3, meta: { a: 1 } },
  { userId: ann.id, body: "two" },
]);

const byStars = db
  .select()
  .from(notes)
  .where(gte(notes.stars, sql.placeholder("stars")))
  .orderBy(desc(notes.stars))
  .prepare("by_stars");

const app = express();
app.use(express.json());
app.get("/users", async (req, res) =>
  res.json(
    await db.query.users.findMany({ columns: { id: true, name: true }, with: { notes: true }, orderBy: users.id }),
  ),
);
app.get("/starred", async (req, res) => res.json(await byStars.execute({ stars: 1 })));
app.get("/counts", async (req, res) => {
  res.json(
    await db
      .select({ name: users.name, notes: count(notes.id) })
      .from(users)
      .leftJoin(notes, eq(notes.userId, users.id))
      .groupBy(users.name)
      .orderBy(users.name),
  );
});
app.get("/sql", (req, res) =>
  res.json(
    db
      .select()
      .from(notes)
      .where(and(eq(notes.stars, 1), eq(notes.body, "x")))
      .toSQL(),
  ),
);
app.post("/notes", async (req, res) =>
  res.status(201).json(await db.insert(notes).values(req.body).returning({ id: notes.id, stars: notes.stars })),
);
app.post("/upsert", async (req, res) => {
  res.json(
    await db
      .insert(users)
      .values({ name: req.body.name })
      .onConflictDoUpdate({ target: users.name, set: { name: sql`excluded.name || '!'` } })
      .returning({ name: users.name }),
  );
});
app.post("/rollback", async (req, res) => {
  const message = await db
    .transaction(async (tx) => {
      await tx.delete(notes);
      tx.rollback();
    })
    .catch((error) => error.message);
  res.json({ message, notes: await db.$count(notes) });
});
app.use((error, req, res, next) => res.status(422).json({ name: error.name, code: error.cause?.code }));
app.listen(3000);
