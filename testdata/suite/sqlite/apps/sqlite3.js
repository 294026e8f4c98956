const express = require("express");
const sqlite3 = require("sqlite3").verbose();

const db = new sqlite3.Database("users.sqlite");
db.serialize(() => {
  db.run("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INT, data BLOB)");
  const statement = db.prepare("INSERT INTO users (name, age) VALUES (?, ?)");
  for (const [i, name] of ["ann", "bob", "cy"].entries()) statement.run(name, 30 + i);
  statement.finalize();
});

const app = express();
app.use(express.json());
const fail = (res, error) => res.status(400).json({ message: error.message, code: error.code, errno: error.errno });

app.get("/users", (req, res) => {
  db.all("SELECT * FROM users WHERE age >= $age ORDER BY id", { $age: Number(req.query.age ?? 0) }, (error, rows) => {
    if (error) return fail(res, error);
    res.json(rows);
  });
});
app.get("/users/:id", (req, res) => {
  db.get("SELECT id, name, age FROM users WHERE id = ?", req.params.id, (error, row) => {
    if (error) return fail(res, error);
    res.status(row ? 200 : 404).json(row ?? { error: "no such user" });
  });
});
app.post("/users", (req, res) => {
  db.run("INSERT INTO users (name, age) VALUES (?, ?)", [req.body.name, req.body.age], function (error) {
    if (error) return fail(res, error);
    res.status(201).json({ lastID: this.lastID, changes: this.changes, sql: this.sql });
  });
});
app.put("/users/:id", (req, res) => {
  db.run("UPDATE users SET age = ? WHERE id = ?", req.body.age, req.params.id, function (error) {
    if (error) return fail(res, error);
    res.json({ changes: this.changes });
  });
});
app.get("/each", (req, res) => {
  const names = [];
  db.each(
    "SELECT name FROM users ORDER BY id LIMIT 3",
    (error, row) => names.push(row.name),
    (error, count) => res.json({ names, count }),
  );
});
app.get("/map", (req, res) => {
  db.map("SELECT id, name FROM users ORDER BY id LIMIT 3", (error, map) => res.json(map));
});
app.get("/steps", (req, res) => {
  const rows = [];
  const statement = db.prepare("SELECT id FROM users WHERE id <= ? ORDER BY id", 2);
  const next = () =>
    statement.get((error, row) => {
      if (row) {
        rows.push(row.id);
        return next();
      }
      statement.reset(() => statement.get(1, (error, again) => statement.finalize(() => res.json({ rows, again }))));
    });
  next();
});
app.get("/parallel", async (req, res) => {
  const one = (n) => new Promise((resolve) => db.get("SELECT ? + 1 AS n", n, (error, row) => resolve(row.n)));
  res.json(await Promise.all(Array.from({ length: 20 }, (_, i) => one(i))));
});
app.get("/order", (req, res) => {
  const seen = [];
  db.serialize(() => {
    db.exec("CREATE TEMP TABLE IF NOT EXISTS o (x); DELETE FROM o; INSERT INTO o VALUES (1)", () => seen.push("exec"));
    db.run("INSERT INTO o VALUES (2)", () => seen.push("run"));
    db.all("SELECT x FROM o", (error, rows) => seen.push(rows.map(({ x }) => x)));
    db.wait(() => res.json(seen));
  });
  seen.push("called");
});
app.get("/errors", (req, res) => {
  const found = [];
  const add = (error) => found.push(`${error.code} ${error.errno} ${error.message}`);
  db.run("INSERT INTO nowhere VALUES (1)", (error) => {
    add(error);
    db.get("SELECT ?2", 1, 2, 3, (error) => {
      add(error);
      db.prepare("SELEC").on("error", (error) => {
        add(error);
        const other = new sqlite3.Database("/no/such/folder/x.db", sqlite3.OPEN_READONLY, (error) => {
          add(error);
          res.json(found);
        });
        other.on("error", () => {});
      });
    });
  });
});
app.get("/closed", (req, res) => {
  const other = new sqlite3.Database(":memory:");
  const events = [];
  other.on("open", () => events.push("open"));
  other.on("close", () => events.push("close"));
  other.close((error) => {
    events.push(`closed ${error}`);
    other.get("SELECT 1", (error) => res.json({ events: events.slice(0, 2), open: other.open, error: error.message }));
  });
});
app.get("/values", (req, res) => {
  const values = [1.5, true, null, "ü", Buffer.from([1, 2]), new Date(5000), /x/g, undefined, { a: 1 }, 2 ** 40];
  const columns = values.map((_, i) => `? AS v${i}, typeof(?${i + 1}) AS t${i}`);
  db.get(`SELECT ${values.map((_, i) => `?${i + 1} AS v${i}, typeof(?${i + 1}) AS t${i}`)}`, values, (error, row) => {
    if (error) return fail(res, error);
    res.json({ row, columns: columns.length });
  });
});
app.listen(process.env.PORT || 3000);
