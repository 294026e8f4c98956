// pg-promise: tasks, transactions, helpers and its own formatting.
const express = require("express");
const pgp = require("pg-promise")({ capSQL: true });

const db = pgp(process.env.DATABASE_URL);
const columns = new pgp.helpers.ColumnSet(["name", { name: "price", cast: "numeric" }], { table: "pgp_products" });

const app = express();
app.use(express.json());

app.get("/products", async (req, res) => res.json(await db.any("SELECT * FROM pgp_products ORDER BY id")));

app.get("/products/:id", async (req, res) => {
  res.json(await db.one("SELECT * FROM pgp_products WHERE id = $<id>", { id: Number(req.params.id) }));
});

app.get("/formatted", (req, res) => {
  res.json([
    pgp.as.format("INSERT INTO $1:name ($2:name) VALUES ($2:csv)", ["table", { a: 1, b: "it's" }]),
    pgp.as.format("${this:json}", { x: [1, null] }),
    pgp.helpers.insert(
      [
        { name: "a", price: 1 },
        { name: "b", price: 2.5 },
      ],
      columns,
    ),
  ]);
});

app.post("/products", async (req, res) => {
  const ids = await db.map(pgp.helpers.insert(req.body, columns) + " RETURNING id", [], (row) => row.id);
  res.status(201).json(ids);
});

app.post("/transfer", async (req, res) => {
  const result = await db.tx("transfer", async (t) => {
    await t.none("UPDATE pgp_products SET price = price - 1 WHERE id = 1");
    const nested = await t
      .tx((inner) => inner.none("UPDATE pgp_products SET price = -1 WHERE id = 2"))
      .catch((error) => error.code);
    return { nested, prices: await t.map("SELECT price FROM pgp_products ORDER BY id", [], (row) => row.price) };
  });
  res.json(result);
});

app.get("/task", async (req, res) => {
  res.json(
    await db.task(async (t) =>
      t.batch([
        t.one("SELECT 1 AS one"),
        t.manyOrNone("SELECT 2 AS two WHERE false"),
        t.oneOrNone("SELECT 3 AS three"),
      ]),
    ),
  );
});

app.use((error, req, res, next) => {
  res
    .status(error instanceof pgp.errors.QueryResultError ? 404 : 500)
    .json({ name: error.name, message: error.message, code: error.code });
});

(async () => {
  await db.multi(
    "DROP TABLE IF EXISTS pgp_products; CREATE TABLE pgp_products (id serial PRIMARY KEY, name text, price numeric CHECK (price >= 0))",
  );
  await db.none(
    pgp.helpers.insert(
      [
        { name: "pen", price: 3 },
        { name: "ink", price: 7.25 },
      ],
      columns,
    ),
  );
  app.listen(3000);
})();
