// Knex on MySQL: migrations named relative to the working directory, joins, transactions, upserts.
const express = require("express");
const knex = require("knex")({
  client: "mysql2",
  connection: process.env.DATABASE_URL,
  migrations: { directory: "./migrations", tableName: "knex_suite_migrations" },
});

const app = express();
app.use(express.json());

app.get("/orders", async (req, res) => {
  res.json(
    await knex("kx_orders")
      .join("kx_customers", "kx_customers.id", "kx_orders.customer_id")
      .select("kx_orders.id", "item", "name")
      .orderBy("kx_orders.id"),
  );
});
app.get("/totals", async (req, res) => {
  res.json(
    await knex("kx_orders").select("customer_id").sum({ total: "price" }).groupBy("customer_id").orderBy("customer_id"),
  );
});
app.post("/orders", async (req, res) => {
  const [id] = await knex("kx_orders").insert(req.body);
  res.status(201).json({ id });
});
app.put("/customers/:id", async (req, res) => {
  await knex("kx_customers").insert({ id: req.params.id, name: req.body.name }).onConflict("id").merge();
  res.json(await knex("kx_customers").where({ id: req.params.id }).first());
});
app.post("/rollback", async (req, res) => {
  const code = await knex
    .transaction(async (trx) => {
      await trx("kx_orders").del();
      await trx("kx_orders").insert({ item: "x", customer_id: 99 });
    })
    .catch((error) => error.code);
  res.json({ code, left: await knex("kx_orders").count({ n: "*" }).first() });
});
app.get("/columns", async (req, res) => res.json(Object.keys(await knex("kx_orders").columnInfo())));
app.use((error, req, res, next) => res.status(422).json({ code: error.code }));

(async () => {
  await knex.migrate.rollback({}, true);
  await knex.migrate.latest();
  await knex("kx_customers").insert([{ name: "Ann" }, { name: "Bob" }]);
  await knex("kx_orders").insert([
    { item: "tea", price: 2.5, customer_id: 1 },
    { item: "cup", price: 4, customer_id: 1 },
    { item: "pot", price: 20, customer_id: 2 },
  ]);
  app.listen(3000);
})();
