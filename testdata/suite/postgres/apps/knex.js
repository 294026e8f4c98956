// Knex: schema builder, migrations from a folder, query builder, transactions, streams.
const express = require("express");
const path = require("node:path");
const knex = require("knex")({
  client: "pg",
  connection: process.env.DATABASE_URL,
  pool: { min: 0, max: 5 },
  migrations: { directory: path.join(__dirname, "../knex/migrations"), tableName: "knex_suite_migrations" },
  seeds: { directory: path.join(__dirname, "../knex/seeds") },
});

const app = express();
app.use(express.json());

app.get("/articles", async (req, res) => {
  const { author, page = 1 } = req.query;
  const query = knex("knex_articles as a")
    .join("knex_authors as u", "u.id", "a.author_id")
    .select("a.id", "a.title", "u.name as author")
    .orderBy("a.id")
    .limit(2)
    .offset((page - 1) * 2);
  if (author) query.where("u.name", "ilike", `${author}%`);
  res.json(await query);
});

app.get("/stats", async (req, res) => {
  const stats = await knex("knex_articles")
    .select("author_id")
    .count("* as articles")
    .max("words as longest")
    .groupBy("author_id")
    .orderBy("author_id");
  const version = await knex.migrate.currentVersion();
  res.json({ stats, version });
});

app.get("/sql", (req, res) => {
  const query = knex("t").where({ a: 1 }).whereIn("b", [2, 3]).orWhereNull("c");
  res.json({ text: query.toString(), native: query.toSQL().toNative() });
});

app.post("/articles", async (req, res) => {
  const [article] = await knex("knex_articles").insert(req.body).returning(["id", "title", "words"]);
  res.status(201).json(article);
});

app.post("/rollback", async (req, res) => {
  const error = await knex
    .transaction(async (trx) => {
      await trx("knex_articles").del();
      throw new Error("changed my mind");
    })
    .catch((error) => error.message);
  const [{ count }] = await knex("knex_articles").count();
  res.json({ error, left: count });
});

app.get("/stream", async (req, res) => {
  const titles = [];
  for await (const row of knex("knex_articles").select("title").orderBy("id").limit(3).stream()) titles.push(row.title);
  res.json(titles);
});

app.use((error, req, res, next) => res.status(422).json({ code: error.code, detail: error.detail }));

(async () => {
  await knex.migrate.rollback({}, true);
  await knex.migrate.latest();
  await knex.seed.run();
  app.listen(3000);
})();
