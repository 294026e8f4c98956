import Database from "better-sqlite3";
import { count, desc, eq, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import express from "express";

const posts = sqliteTable("posts", {
  id: integer().primaryKey({ autoIncrement: true }),
  title: text().notNull().unique(),
  meta: text({ mode: "json" }),
  published: integer({ mode: "boolean" }).default(false),
});
const comments = sqliteTable("comments", {
  id: integer().primaryKey(),
  post: integer().references(() => posts.id),
  body: text().notNull(),
});
const postRelations = relations(posts, ({ many }) => ({ comments: many(comments) }));
const commentRelations = relations(comments, ({ one }) => ({ on: one(posts, { fields: [comments.post], references: [posts.id] }) }));

const db = drizzle(new Database("drizzle.db"), { schema: { posts, comments, postRelations, commentRelations } });
migrate(db, { migrationsFolder: "drizzle" });

const app = express();
app.use(express.json());
app.get("/posts", (req, res) => res.json(db.select().from(posts).orderBy(desc(posts.id)).all()));
app.post("/posts", (req, res) => res.json(db.insert(posts).values(req.body).returning().get()));
app.post("/posts/:id/comments", (req, res) => res.json(db.insert(comments).values({ post: Number(req.params.id), body: req.body.body }).run()));
app.get("/posts/:id", async (req, res) => {
  const found = await db.query.posts.findFirst({ where: eq(posts.id, Number(req.params.id)), with: { comments: true } });
  res.status(found ? 200 : 404).json(found ?? null);
});
app.post("/transaction", (req, res) => {
  const result = db.transaction((tx) => {
    const post = tx.insert(posts).values({ title: req.body.title }).returning().get();
    try {
      tx.transaction((inner) => {
        inner.insert(comments).values({ post: post.id, body: "lost" }).run();
        inner.rollback();
      });
    } catch {}
    if (req.body.fail) throw new Error("rolled back");
    return tx.select({ n: count() }).from(comments).get();
  });
  res.json(result);
});
app.get("/counts", (req, res) =>
  res.json(db.select({ title: posts.title, n: sql`count(${comments.id})`.mapWith(Number) }).from(posts).leftJoin(comments, eq(comments.post, posts.id)).groupBy(posts.id).orderBy(posts.id).all()),
);
app.use((error, req, res, next) => res.status(400).json({ message: error.message, cause: error.cause?.message, code: error.code ?? error.cause?.code }));
app.listen(process.env.PORT || 3000);
