import { EntitySchema, MikroORM } from "@mikro-orm/sqlite";
import express from "express";

const Author = new EntitySchema({
  name: "Author",
  properties: {
    id: { type: "number", primary: true },
    name: { type: "string", unique: true },
    books: { kind: "1:m", entity: () => "Book", mappedBy: "author" },
  },
});
const Book = new EntitySchema({
  name: "Book",
  properties: {
    id: { type: "number", primary: true },
    title: { type: "string" },
    tags: { type: "json", nullable: true },
    author: { kind: "m:1", entity: () => "Author" },
  },
});

const orm = await MikroORM.init({ dbName: "mikro.db", entities: [Author, Book] });
await orm.schema.update();

const app = express();
app.use(express.json());
app.use((req, res, next) => {
  req.em = orm.em.fork();
  next();
});
app.get("/authors", async (req, res) => res.json(await req.em.find("Author", {}, { populate: ["books"], orderBy: { id: "asc" } })));
app.post("/authors", async (req, res) => {
  const author = req.em.create("Author", { name: req.body.name });
  for (const book of req.body.books ?? []) req.em.create("Book", { ...book, author });
  await req.em.flush();
  res.json(author);
});
app.get("/books", async (req, res) => res.json(await req.em.find("Book", { author: { name: req.query.author } }, { orderBy: { id: "asc" } })));
app.patch("/books/:id", async (req, res) => {
  const book = await req.em.findOneOrFail("Book", Number(req.params.id));
  book.title = req.body.title;
  await req.em.flush();
  res.json(book);
});
app.post("/transaction", async (req, res) => {
  await req.em.transactional(async (em) => {
    em.create("Author", { name: req.body.name });
    await em.flush();
    if (req.body.fail) throw new Error("rolled back");
  });
  res.json(await req.em.count("Author"));
});
app.use((error, req, res, next) => res.status(400).json({ name: error.name, message: error.message, code: error.code }));
app.listen(process.env.PORT || 3000);
