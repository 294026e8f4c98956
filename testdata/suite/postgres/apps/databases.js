// @databases/pg: tagged queries that cannot be injected, SQL files, transactions.
const express = require("express");
const createPool = require("@databases/pg");
const { sql } = createPool;

const db = createPool({ connectionString: process.env.DATABASE_URL, bigIntMode: "number", poolSize: 4 });
const app = express();
app.use(express.json());

app.get("/items", async (req, res) => {
  const conditions = [sql`stock > 0`];
  if (req.query.name) conditions.push(sql`name = ${req.query.name}`);
  res.json(await db.query(sql`SELECT * FROM dbs_items WHERE ${sql.join(conditions, sql` AND `)} ORDER BY id`));
});
app.get("/several", async (req, res) =>
  res.json(await db.query([sql`SELECT 1 AS one`, sql`SELECT count(*) AS n FROM dbs_items`])),
);
app.post("/buy/:id", async (req, res) => {
  const left = await db.tx(async (tx) => {
    const [item] = await tx.query(
      sql`UPDATE dbs_items SET stock = stock - 1 WHERE id = ${Number(req.params.id)} RETURNING stock`,
    );
    if (!item) throw Object.assign(new Error("no such item"), { status: 404 });
    return item.stock;
  });
  res.json({ left });
});
app.get("/stream", async (req, res) => {
  const names = [];
  for await (const { name } of db.queryStream(sql`SELECT name FROM dbs_items ORDER BY id`)) names.push(name);
  res.json(names);
});
app.use((error, req, res, next) =>
  res.status(error.status ?? 422).json({ code: error.code, message: error.message.split("\n")[0] }),
);

(async () => {
  await db.query(sql`DROP TABLE IF EXISTS dbs_items`);
  await db.query(sql`CREATE TABLE dbs_items (id serial PRIMARY KEY, name text, stock bigint CHECK (stock >= 0))`);
  await db.query(sql`INSERT INTO dbs_items (name, stock) VALUES ('cup', 1), ('plate', 4)`);
  app.listen(3000);
})();
