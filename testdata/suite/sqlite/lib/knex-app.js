// The same program with each of Knex's clients for SQLite.
const express = require("express");
const createKnex = require("knex");

module.exports = async function start(client) {
  const knex = createKnex({ client, connection: { filename: `${client}.db` }, useNullAsDefault: true });
  await knex.migrate.latest({ directory: "knex-migrations" });
  const app = express();
  app.use(express.json());
  const wrap = (work) => (req, res) =>
    work(req).then(
      (value) => res.json(value ?? null),
      (error) => res.status(400).json({ code: error.code, message: error.message }),
    );
  app.get("/authors", wrap(() => knex("authors").select("id", "name").orderBy("id")));
  app.post("/authors", wrap((req) => knex("authors").insert(req.body)));
  app.post("/authors/returning", wrap((req) => knex("authors").insert(req.body).returning(["id", "name"])));
  app.get("/authors/:id", wrap((req) => knex("authors").where({ id: req.params.id }).first()));
  app.get(
    "/joined",
    wrap(() =>
      knex("authors as a").leftJoin("books as b", "b.author_id", "a.id").select("a.name").count("b.id as books").groupBy("a.id").orderBy("a.id"),
    ),
  );
  app.post(
    "/transfer",
    wrap((req) =>
      knex.transaction(async (trx) => {
        const [id] = await trx("authors").insert({ name: req.body.name });
        await trx("books").insert({ title: "Untitled", author_id: id });
        if (req.body.fail) throw new Error("rolled back");
        return trx("books").where({ author_id: id });
      }),
    ),
  );
  app.post(
    "/savepoint",
    wrap(() =>
      knex.transaction(async (trx) => {
        await trx("authors").insert({ name: "outer" });
        await trx
          .transaction(async (inner) => {
            await inner("authors").insert({ name: "inner" });
            throw new Error("only the inner one");
          })
          .catch(() => {});
        return trx("authors").whereIn("name", ["outer", "inner"]).pluck("name");
      }),
    ),
  );
  app.get(
    "/schema",
    wrap(async () => ({
      table: await knex.schema.hasTable("books"),
      column: await knex.schema.hasColumn("books", "pages"),
      info: await knex("books").columnInfo(),
      version: (await knex.migrate.currentVersion()).slice(0, 3),
    })),
  );
  app.get("/raw", wrap(() => knex.raw("SELECT ? + ? AS sum, upper(?) AS name", [1, 2, "x"])));
  app.get("/stream", wrap(async () => {
    const rows = [];
    for await (const row of knex("authors").select("name").orderBy("id").limit(3).stream()) rows.push(row.name);
    return rows;
  }));
  app.get("/error", wrap(() => knex("nothing").select()));
  app.listen(process.env.PORT || 3000);
};
