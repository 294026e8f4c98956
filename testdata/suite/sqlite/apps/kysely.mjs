import Database from "better-sqlite3";
import express from "express";
import { Kysely, ParseJSONResultsPlugin, sql, SqliteDialect } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/sqlite";

const db = new Kysely({ dialect: new SqliteDialect({ database: new Database("kysely.db") }), plugins: [new ParseJSONResultsPlugin()] });
await db.schema.createTable("person").ifNotExists().addColumn("id", "integer", (c) => c.primaryKey()).addColumn("name", "text", (c) => c.notNull().unique()).execute();
await db.schema.createTable("pet").ifNotExists().addColumn("id", "integer", (c) => c.primaryKey()).addColumn("name", "text").addColumn("owner", "integer", (c) => c.references("person.id")).execute();

const app = express();
app.use(express.json());
app.get("/people", async (req, res) => {
  const pets = (eb) => jsonArrayFrom(eb.selectFrom("pet").select(["pet.id", "pet.name"]).whereRef("pet.owner", "=", "person.id").orderBy("pet.id")).as("pets");
  res.json(await db.selectFrom("person").selectAll().select(pets).orderBy("id").execute());
});
app.post("/people", async (req, res) => res.json(await db.insertInto("person").values(req.body).returningAll().executeTakeFirst()));
app.post("/pets", async (req, res) => {
  const { insertId, numInsertedOrUpdatedRows } = await db.insertInto("pet").values(req.body).executeTakeFirst();
  res.json({ insertId: String(insertId), rows: String(numInsertedOrUpdatedRows) });
});
app.post("/transaction", async (req, res) => {
  await db.transaction().execute(async (trx) => {
    await trx.insertInto("person").values({ name: req.body.name }).execute();
    if (req.body.fail) throw new Error("rolled back");
  });
  res.json(await db.selectFrom("person").select(db.fn.countAll().as("n")).executeTakeFirst());
});
app.get("/stream", async (req, res) => {
  const names = [];
  for await (const { name } of db.selectFrom("person").select("name").orderBy("id").stream()) names.push(name);
  res.json(names);
});
app.get("/raw", async (req, res) => res.json((await sql`SELECT ${1} + ${2} AS sum`.execute(db)).rows));
app.get("/tables", async (req, res) => res.json((await db.introspection.getTables()).map(({ name, columns }) => ({ name, columns: columns.map((c) => c.name) }))));
app.use((error, req, res, next) => res.status(400).json({ name: error.name, code: error.code, message: error.message }));
app.listen(process.env.PORT || 3000);
