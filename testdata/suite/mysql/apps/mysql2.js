// mysql2 with callbacks: a pool, prepared statements, streams, several result sets, users changed on a connection.
const express = require("express");
const mysql = require("mysql2");

const settings = {
  host: process.env.MYSQL_HOST,
  user: process.env.MYSQL_USER,
  password: process.env.MYSQL_PASSWORD,
  database: process.env.MYSQL_DATABASE,
};
const pool = mysql.createPool({ ...settings, connectionLimit: 5, multipleStatements: true, timezone: "Z" });
const app = express();
app.use(express.json());

app.get("/books", (req, res, next) => {
  pool.query("SELECT * FROM m2_books ORDER BY id", (error, rows) => (error ? next(error) : res.json(rows)));
});

app.get("/books/:id", (req, res, next) => {
  pool.execute("SELECT id, title FROM m2_books WHERE id = ?", [req.params.id], (error, rows, fields) => {
    if (error) return next(error);
    if (rows.length === 0) return res.status(404).json({ error: "no such book" });
    res.json({ book: rows[0], fields: fields.map(({ name, columnType }) => [name, columnType]) });
  });
});

app.post("/books", (req, res, next) => {
  pool.query("INSERT INTO m2_books SET ?", req.body, (error, result) => {
    if (error) return next(error);
    res.status(201).json({ id: result.insertId, affected: result.affectedRows, warnings: result.warningStatus });
  });
});

app.get("/types", (req, res, next) => {
  const text =
    "SELECT CAST(9007199254740993 AS SIGNED) AS big, 1.50 AS fixed, 2.5e0 AS floating, TIMESTAMP '2024-02-29 12:00:00' AS at, DATE '2024-02-29' AS day, X'deadbeef' AS bytes, NULL AS nothing, 'ä€😀' AS text";
  pool.query(text, (error, textRows) => {
    if (error) return next(error);
    pool.execute(text, (error, binaryRows) => (error ? next(error) : res.json({ text: textRows, binary: binaryRows })));
  });
});

app.get("/several", (req, res, next) => {
  pool.query("SELECT 1 AS a; SELECT 2 AS b; SET @x = 1", (error, results) => (error ? next(error) : res.json(results)));
});

app.get("/stream", (req, res, next) => {
  let sum = 0;
  pool
    .query("SELECT seq AS n FROM seq_1_to_3000")
    .stream({ highWaterMark: 50 })
    .on("data", ({ n }) => (sum += n))
    .on("error", next)
    .on("end", () => res.json({ sum }));
});

app.get("/change-user", (req, res, next) => {
  const connection = mysql.createConnection(settings);
  connection.query("SET @mine = 42", (error) => {
    if (error) return next(error);
    connection.changeUser(
      { user: settings.user, password: settings.password, database: settings.database },
      (error) => {
        if (error) return next(error);
        connection.query("SELECT @mine AS mine, DATABASE() AS name", (error, rows) => {
          connection.end();
          if (error) next(error);
          else res.json(rows);
        });
      },
    );
  });
});

app.get("/ping", (req, res, next) => {
  pool.getConnection((error, connection) => {
    if (error) return next(error);
    connection.ping((error) => {
      connection.release();
      if (error) next(error);
      else res.json({ alive: true });
    });
  });
});

app.get("/error", (req, res, next) => pool.query("SELEC 1", next));

app.use((error, req, res, next) => {
  res
    .status(error.code === "ER_DUP_ENTRY" ? 409 : 422)
    .json({ code: error.code, errno: error.errno, sqlState: error.sqlState, message: error.sqlMessage });
});

pool.query(
  `DROP TABLE IF EXISTS m2_books;
   CREATE TABLE m2_books (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(60) UNIQUE, price DECIMAL(6,2), added DATETIME DEFAULT '2024-01-01 10:00:00', tags JSON);
   INSERT INTO m2_books (title, price, tags) VALUES ('Emma', 7.5, '["old"]'), ('Ulysses', 12, NULL)`,
  (error) => {
    if (error) throw error;
    app.listen(3000);
  },
);
