// TypeORM with entity schemas, as JavaScript projects write them.
require("reflect-metadata");
const express = require("express");
const { DataSource, EntitySchema, Like, MoreThan } = require("typeorm");

const Category = new EntitySchema({
  name: "Category",
  tableName: "to_categories",
  columns: { id: { primary: true, type: "int", generated: true }, name: { type: "varchar", unique: true } },
});
const Product = new EntitySchema({
  name: "Product",
  tableName: "to_products",
  columns: {
    id: { primary: true, type: "int", generated: true },
    name: { type: "varchar" },
    price: { type: "numeric", precision: 8, scale: 2 },
    attributes: { type: "jsonb", nullable: true },
    version: { type: "int", version: true },
  },
  relations: { category: { type: "many-to-one", target: "Category", joinColumn: true, eager: true, nullable: true } },
});

const source = new DataSource({
  type: "postgres",
  url: process.env.DATABASE_URL,
  entities: [Category, Product],
  synchronize: true,
  dropSchema: false,
  logging: false,
});

const app = express();
app.use(express.json());
const products = () => source.getRepository(Product);

app.get("/products", async (req, res) => {
  const [items, total] = await products().findAndCount({
    order: { id: "ASC" },
    take: 2,
    skip: Number(req.query.skip ?? 0),
  });
  res.json({ total, items });
});
app.get("/search", async (req, res) =>
  res.json(await products().findBy({ name: Like(`%${req.query.q}%`), price: MoreThan(1) })),
);
app.get("/by-category", async (req, res) => {
  const rows = await products()
    .createQueryBuilder("p")
    .leftJoin("p.category", "c")
    .select("c.name", "category")
    .addSelect("SUM(p.price)", "sum")
    .groupBy("c.name")
    .orderBy("c.name")
    .getRawMany();
  res.json(rows);
});
app.get("/products/:id", async (req, res) => {
  const product = await products().findOneBy({ id: Number(req.params.id) });
  if (!product) return res.status(404).json({ error: "no such product" });
  res.json(product);
});
app.post("/products", async (req, res) => res.status(201).json(await products().save(products().create(req.body))));
app.patch("/products/:id", async (req, res) => {
  const product = await products().preload({ id: Number(req.params.id), ...req.body });
  res.json(await products().save(product));
});
app.post("/transaction", async (req, res) => {
  const message = await source
    .transaction(async (manager) => {
      await manager.delete(Product, { name: "tea" });
      await manager.insert(Category, { name: "drinks" });
    })
    .catch((error) => [error.constructor.name, error.driverError.code]);
  res.json({ message, tea: await products().countBy({ name: "tea" }) });
});
app.use((error, req, res, next) => res.status(422).json({ name: error.name, message: error.message }));

(async () => {
  await source.initialize();
  await source.query("TRUNCATE to_products, to_categories RESTART IDENTITY CASCADE");
  const drinks = await source.getRepository(Category).save({ name: "drinks" });
  await products().save([
    { name: "tea", price: 2.5, category: drinks, attributes: { hot: true } },
    { name: "coffee", price: 3, category: drinks },
    { name: "bread", price: 1.99 },
  ]);
  app.listen(3000);
})();
