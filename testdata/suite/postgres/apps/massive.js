// Massive: the schema is read at start, tables become objects, scripts in a folder become functions.
const express = require("express");
const massive = require("massive");
const path = require("node:path");

(async () => {
  const db = await massive(
    process.env.DATABASE_URL,
    { allowedSchemas: ["public"], whitelist: ["ms_%"], scripts: path.join(__dirname, "../massive") },
    { noWarnings: true },
  );
  await db.reset();
  await db.reload();

  const app = express();
  app.use(express.json());
  app.get("/albums", async (req, res) =>
    res.json(
      await db.ms_albums.find({ "year >=": 1970 }, { order: [{ field: "id" }], fields: ["id", "title", "year"] }),
    ),
  );
  app.get("/albums/:id", async (req, res) => {
    const album = await db.ms_albums.findOne(req.params.id);
    if (!album) return res.status(404).json({ error: "no such album" });
    res.json(album);
  });
  app.get("/by-year", async (req, res) => res.json(await db.albums.byYear({ year: Number(req.query.year) })));
  app.get("/count", async (req, res) =>
    res.json({
      albums: await db.ms_albums.count({ title: "Blue" }),
      tables: db.listTables().filter((name) => name.startsWith("ms_")),
    }),
  );
  app.post("/albums", async (req, res) => res.status(201).json(await db.ms_albums.save(req.body)));
  app.post("/documents", async (req, res) => {
    const saved = await db
      .saveDoc("ms_documents", req.body)
      .then(({ id, ...rest }) => ({ id, ...rest, created_at: undefined }));
    res.status(201).json(saved);
  });
  app.post("/transaction", async (req, res) => {
    const error = await db
      .withTransaction(async (tx) => {
        await tx.ms_albums.destroy({ "id >": 0 });
        await tx.ms_albums.insert({ title: null });
      })
      .catch((error) => error.code);
    res.json({ error, left: Number(await db.ms_albums.count({})) });
  });
  app.use((error, req, res, next) => res.status(422).json({ code: error.code, message: error.message }));
  app.listen(3000);
})();
