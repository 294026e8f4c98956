const express = require("express");
const Database = require("better-sqlite3");

const db = new Database("notes.db");
db.pragma("journal_mode = WAL");
db.exec(`
  CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL UNIQUE,
    body TEXT,
    stars INTEGER DEFAULT 0 CHECK (stars >= 0),
    created TEXT DEFAULT CURRENT_TIMESTAMP
  );
  CREATE TABLE IF NOT EXISTS tags (note INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE, name TEXT, PRIMARY KEY (note, name));
`);

const insert = db.prepare("INSERT INTO notes (title, body) VALUES (@title, @body)");
const tag = db.prepare("INSERT INTO tags VALUES (?, ?)");
const find = db.prepare("SELECT id, title, body, stars FROM notes WHERE id = ?");
const addAll = db.transaction((notes) => notes.map((note) => insert.run(note).lastInsertRowid));
const addTagged = db.transaction((note, tags) => {
  const id = insert.run(note).lastInsertRowid;
  for (const name of tags) tag.run(id, name);
  return id;
});

const app = express();
app.use(express.json());
app.get("/notes", (req, res) => {
  const { order = "id" } = req.query;
  res.json(db.prepare(`SELECT id, title, stars FROM notes ORDER BY ${order === "title" ? "title" : "id"}`).all());
});
app.post("/notes", (req, res) => {
  const { body = null, ...rest } = req.body;
  const { changes, lastInsertRowid } = insert.run({ body, ...rest });
  res.status(201).json({ changes, lastInsertRowid });
});
app.post("/notes/many", (req, res) => res.status(201).json(addAll(req.body)));
app.post("/notes/tagged", (req, res) => {
  res.status(201).json({ id: addTagged({ title: req.body.title, body: null }, req.body.tags), open: db.inTransaction });
});
app.get("/notes/:id", (req, res) => {
  const note = find.get(req.params.id);
  if (!note) return res.status(404).json({ error: "no such note" });
  res.json({ ...note, tags: db.prepare("SELECT name FROM tags WHERE note = ? ORDER BY name").pluck().all(note.id) });
});
app.put("/notes/:id/stars", (req, res) => {
  res.json(db.prepare("UPDATE notes SET stars = stars + ? WHERE id = ?").run(req.body.by, req.params.id));
});
app.delete("/notes/:id", (req, res) => {
  const { changes } = db.prepare("DELETE FROM notes WHERE id = ?").run(req.params.id);
  res.json({ changes, tags: db.prepare("SELECT count(*) FROM tags").pluck().get() });
});
app.get("/pragmas", (req, res) => {
  const names = ["journal_mode", "foreign_keys", "page_size", "encoding", "user_version"];
  res.json(Object.fromEntries(names.map((name) => [name, db.pragma(name, { simple: true })])));
});
app.get("/table", (req, res) => res.json(db.pragma("table_info(notes)")));
app.use((error, req, res, next) => {
  res.status(error.code?.startsWith("SQLITE_CONSTRAINT") ? 409 : 400);
  res.json({ name: error.name, code: error.code, message: error.message, sqlite: error instanceof Database.SqliteError });
});
app.listen(process.env.PORT || 3000);
