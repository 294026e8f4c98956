const express = require("express");
const { open } = require("sqlite");
const sqlite3 = require("sqlite3");

async function main() {
  const db = await open({ filename: "books.db", driver: sqlite3.cached.Database });
  await db.migrate({ migrationsPath: "migrations" });
  const app = express();
  app.use(express.json());
  const wrap = (work) => (req, res) =>
    work(req).then(
      (value) => res.json(value ?? null),
      (error) => res.status(400).json({ code: error.code, message: error.message }),
    );
  app.get("/books", wrap(() => db.all("SELECT * FROM books ORDER BY id")));
  app.get("/books/:id", wrap((req) => db.get("SELECT * FROM books WHERE id = ?", req.params.id)));
  app.post(
    "/books",
    wrap(async (req) => {
      const { lastID, changes } = await db.run("INSERT INTO books (title, year) VALUES (:title, :year)", {
        ":title": req.body.title,
        ":year": req.body.year,
      });
      return { lastID, changes };
    }),
  );
  app.get(
    "/each",
    wrap(async () => {
      const titles = [];
      const count = await db.each("SELECT title FROM books ORDER BY id", (error, row) => titles.push(row.title));
      return { titles, count };
    }),
  );
  app.get(
    "/prepared",
    wrap(async () => {
      const statement = await db.prepare("SELECT count(*) AS n FROM books WHERE year > ?");
      const results = [await statement.get(1900), await statement.all(1950)];
      await statement.finalize();
      return results;
    }),
  );
  app.get("/migrations", wrap(() => db.all("SELECT id, name FROM migrations")));
  app.get("/error", wrap(() => db.exec("DROP TABLE nothing")));
  app.listen(process.env.PORT || 3000);
}
main();
