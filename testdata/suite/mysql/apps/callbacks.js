// The classic mysql package: pool, transactions, streams, escaping.
const express = require("express");
const mysql = require("mysql");

const pool = mysql.createPool({
  connectionLimit: 4,
  host: process.env.MYSQL_HOST,
  user: process.env.MYSQL_USER,
  password: process.env.MYSQL_PASSWORD,
  database: process.env.MYSQL_DATABASE,
  charset: "utf8mb4",
});

const app = express();
app.use(express.json());

app.get("/notes", (req, res, next) => {
  pool.query(
    "SELECT ?? FROM my_notes WHERE stars >= ? ORDER BY id",
    [["id", "text", "stars"], Number(req.query.stars ?? 0)],
    (error, rows) => (error ? next(error) : res.json(rows)),
  );
});

app.post("/notes", (req, res, next) => {
  pool.query(
    "INSERT INTO my_notes SET ?",
    { text: req.body.text, stars: req.body.stars },
    (error, { insertId } = {}) => (error ? next(error) : res.status(201).json({ insertId })),
  );
});

app.post("/rollback", (req, res, next) => {
  pool.getConnection((error, connection) => {
    if (error) return next(error);
    connection.beginTransaction((error) => {
      if (error) return next(error);
      connection.query("DELETE FROM my_notes", (error, { affectedRows }) => {
        if (error) return next(error);
        connection.rollback(() => {
          connection.query("SELECT COUNT(*) AS n FROM my_notes", (error, [{ n }]) => {
            connection.release();
            res.json({ affectedRows, left: n });
          });
        });
      });
    });
  });
});

app.get("/stream", (req, res, next) => {
  const texts = [];
  pool
    .query("SELECT seq FROM seq_1_to_500")
    .on("error", next)
    .on("fields", (fields) => texts.push(fields[0].name))
    .on("result", (row) => row.seq % 100 === 0 && texts.push(row.seq))
    .on("end", () => res.json(texts));
});

app.get("/escape", (req, res) =>
  res.json([mysql.escape("it's \n"), mysql.escapeId("a.b"), mysql.format("?", [{ a: 1, b: null }])]),
);

app.get("/change-user", (req, res, next) => {
  pool.getConnection((error, connection) => {
    if (error) return next(error);
    connection.changeUser({}, (error) => {
      if (error) return next(error);
      connection.query("SELECT 1 + 1 AS two", (error, rows) => {
        connection.release();
        if (error) next(error);
        else res.json(rows);
      });
    });
  });
});

app.get("/error", (req, res, next) => pool.query("SELECT * FROM nowhere", next));

app.use((error, req, res, next) => res.status(422).json({ code: error.code, errno: error.errno, fatal: error.fatal }));

pool.query("DROP TABLE IF EXISTS my_notes", (error) => {
  if (error) throw error;
  pool.query(
    "CREATE TABLE my_notes (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(100) NOT NULL, stars INT) CHARACTER SET utf8mb4",
    (error) => {
      if (error) throw error;
      pool.query(
        "INSERT INTO my_notes (text, stars) VALUES ?",
        [
          [
            ["one", 1],
            ["zwölf 😀", 5],
          ],
        ],
        (error) => {
          if (error) throw error;
          app.listen(3000);
        },
      );
    },
  );
});
