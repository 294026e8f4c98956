const http = require("http");
const fs = require("fs");
const initSqlJs = require("sql.js");

initSqlJs().then((SQL) => {
  const file = "counter.sqlite";
  const db = new SQL.Database(fs.existsSync(file) ? fs.readFileSync(file) : undefined);
  db.run("CREATE TABLE IF NOT EXISTS hits (path TEXT PRIMARY KEY, count INT)");
  http
    .createServer((req, res) => {
      if (req.method === "POST") {
        db.run("INSERT INTO hits VALUES (?, 1) ON CONFLICT (path) DO UPDATE SET count = count + 1", [req.url]);
        fs.writeFileSync(file, db.export());
        res.statusCode = 204;
        return res.end();
      }
      res.setHeader("content-type", "application/json");
      if (req.url === "/error") {
        try {
          db.exec("SELECT * FROM nothing");
        } catch (error) {
          return res.end(JSON.stringify({ message: error.message }));
        }
      }
      const statement = db.prepare("SELECT * FROM hits WHERE count >= $least ORDER BY path", { $least: 1 });
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      res.end(JSON.stringify({ rows, raw: db.exec("SELECT count(*) AS n, max(count) FROM hits"), size: fs.existsSync(file) }));
    })
    .listen(process.env.PORT || 3000);
});
