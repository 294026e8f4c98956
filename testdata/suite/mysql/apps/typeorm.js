// TypeORM on MySQL: entity schemas, soft delete, query builder, transactions.
require("reflect-metadata");
const express = require("express");
const { DataSource, EntitySchema, IsNull, Not } = require("typeorm");

const Ticket = new EntitySchema({
  name: "Ticket",
  tableName: "to_tickets",
  columns: {
    id: { primary: true, type: "int", generated: "increment" },
    title: { type: "varchar", length: 80 },
    labels: { type: "simple-array", nullable: true },
    meta: { type: "json", nullable: true },
    deletedAt: { type: "datetime", deleteDate: true, select: false },
  },
});
const source = new DataSource({ type: "mysql", url: process.env.DATABASE_URL, entities: [Ticket], synchronize: true });
const app = express();
app.use(express.json());

const tickets = () => source.getRepository("Ticket");
app.get("/tickets", async (req, res) => res.json(await tickets().find({ order: { id: "ASC" } })));
app.get("/all", async (req, res) => res.json(await tickets().count({ withDeleted: true })));
app.get("/deleted", async (req, res) =>
  res.json(await tickets().find({ where: { deletedAt: Not(IsNull()) }, withDeleted: true })),
);
app.get("/tickets/:id", async (req, res) => {
  const ticket = await tickets().findOneBy({ id: Number(req.params.id) });
  res.status(ticket ? 200 : 404).json(ticket ?? { error: "no such ticket" });
});
app.post("/tickets", async (req, res) => res.status(201).json(await tickets().save(req.body)));
app.delete("/tickets/:id", async (req, res) =>
  res.json({ affected: (await tickets().softDelete(Number(req.params.id))).affected }),
);
app.get("/search", async (req, res) => {
  res.json(
    await tickets()
      .createQueryBuilder("t")
      .where("t.title LIKE :q", { q: `%${req.query.q}%` })
      .orderBy("t.id", "DESC")
      .getMany(),
  );
});
app.use((error, req, res, next) => res.status(422).json({ name: error.name, code: error.code }));

(async () => {
  await source.initialize();
  await tickets().clear();
  await tickets().save([
    { title: "printer burns", labels: ["urgent", "hot"], meta: { floor: 2 } },
    { title: "coffee is out" },
  ]);
  app.listen(3000);
})();
