const http = require("http");
const sqlite3 = require("sqlite3");

const db = new sqlite3.cached.Database(":memory:");
const traced = [];
const changed = [];
let profiled = 0;
db.on("trace", (sql) => traced.push(sql));
db.on("profile", (sql, ms) => (profiled += typeof ms === "number"));
db.on("change", (...change) => changed.push(change));

db.serialize(() => {
  db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)");
  db.run("INSERT INTO t (x) VALUES (?)", "one");
  db.run("UPDATE t SET x = 'two'");
  db.run("DELETE FROM t WHERE id = 1");
});

http
  .createServer((req, res) => {
    const send = (value) => res.setHeader("content-type", "application/json").end(JSON.stringify(value));
    if (req.url === "/events") return setTimeout(() => send({ traced, changed, profiled: profiled > 0 }), 50);
    if (req.url === "/backup") {
      return db.run("INSERT OR REPLACE INTO t VALUES (7, 'kept')", () => {
        const backup = db.backup("backup.db");
        backup.step(-1, (error, done) => {
          backup.finish(() => {
            const copy = new sqlite3.Database("backup.db", sqlite3.OPEN_READONLY, () => {
              copy.all("SELECT * FROM t", (error, rows) => copy.close(() => send({ done, rows, completed: backup.completed })));
            });
          });
        });
      });
    }
    if (req.url === "/busy") {
      const first = new sqlite3.Database("busy.db");
      const second = new sqlite3.Database("busy.db");
      first.exec("CREATE TABLE IF NOT EXISTS b (x); BEGIN IMMEDIATE; INSERT INTO b VALUES (1)", () => {
        second.run("INSERT INTO b VALUES (2)", (error) => {
          first.close(() => second.close(() => send({ waited: error === null })));
        });
        setTimeout(() => first.exec("COMMIT"), 100);
      });
      return;
    }
    send({ version: typeof sqlite3.VERSION, flags: [sqlite3.OPEN_READONLY, sqlite3.OPEN_CREATE, sqlite3.BUSY, sqlite3.CONSTRAINT] });
  })
  .listen(process.env.PORT || 3000);
