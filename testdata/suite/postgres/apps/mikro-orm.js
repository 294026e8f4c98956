// MikroORM: entity schemas, unit of work, identity map, schema generator.
const express = require("express");
const { EntitySchema, MikroORM, RequestContext } = require("@mikro-orm/postgresql");

const Author = new EntitySchema({
  name: "Author",
  tableName: "mk_authors",
  properties: {
    id: { type: "number", primary: true },
    name: { type: "string", unique: true },
    books: { kind: "1:m", entity: "Book", mappedBy: "author" },
  },
});
const Book = new EntitySchema({
  name: "Book",
  tableName: "mk_books",
  properties: {
    id: { type: "number", primary: true },
    title: { type: "string" },
    meta: { type: "json", nullable: true },
    author: { kind: "m:1", entity: "Author", nullable: true },
  },
});

(async () => {
  const orm = await MikroORM.init({
    clientUrl: process.env.DATABASE_URL,
    entities: [Author, Book],
    schemaGenerator: { ignoreSchema: [] },
    discovery: { warnWhenNoEntities: false },
  });
  await orm.em.getConnection().execute("drop table if exists mk_books, mk_authors cascade");
  const sql = await orm.schema.getCreateSchemaSQL({ wrap: false });
  await orm.em.getConnection().execute(sql);
  const setup = orm.em.fork();
  const ann = setup.create("Author", { name: "Ann" });
  setup.create("Book", { title: "First", author: ann, meta: { pages: 10 } });
  setup.create("Book", { title: "Second", author: ann });
  await setup.flush();

  const app = express();
  app.use(express.json());
  app.use((req, res, next) => RequestContext.create(orm.em, next));

  app.get("/authors", async (req, res) =>
    res.json(await orm.em.find("Author", {}, { populate: ["books"], orderBy: { id: 1 } })),
  );
  app.get("/books", async (req, res) =>
    res.json(
      await orm.em.find(
        "Book",
        { title: { $like: `${req.query.q ?? ""}%` } },
        { orderBy: { id: 1 }, fields: ["title", "meta"] },
      ),
    ),
  );
  app.get("/same", async (req, res) => {
    const one = await orm.em.findOne("Book", 1);
    const again = await orm.em.findOne("Book", { title: "First" });
    res.json({ same: one === again });
  });
  app.get("/query", async (req, res) =>
    res.json(
      await orm.em
        .createQueryBuilder("Book", "b")
        .select(["b.title"])
        .leftJoin("b.author", "a")
        .where({ "a.name": "Ann" })
        .orderBy({ "b.id": "desc" })
        .execute(),
    ),
  );
  app.post("/books", async (req, res) => {
    const book = orm.em.create("Book", req.body);
    await orm.em.persistAndFlush(book);
    res.status(201).json(book);
  });
  app.post("/rename", async (req, res) => {
    const error = await orm.em
      .transactional(async (em) => {
        const author = await em.findOneOrFail("Author", { name: "Ann" });
        author.name = "Anna";
        em.create("Author", { name: "Anna" });
      })
      .catch((error) => error.name);
    res.json({ error, authors: await orm.em.fork().count("Author") });
  });
  app.get("/books/:id", async (req, res) => res.json(await orm.em.findOneOrFail("Book", Number(req.params.id))));
  app.use((error, req, res, next) =>
    res.status(error.name === "NotFoundError" ? 404 : 422).json({ name: error.name, message: error.message }),
  );
  app.listen(3000);
})();
