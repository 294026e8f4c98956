// MariaDB's own connector: pool, batches, streams, typed errors.
const express = require("express");
const mariadb = require("mariadb");

const pool = mariadb.createPool({
  host: process.env.MYSQL_HOST,
  user: process.env.MYSQL_USER,
  password: process.env.MYSQL_PASSWORD,
  database: process.env.MYSQL_DATABASE,
  connectionLimit: 5,
  insertIdAsNumber: true,
  bigIntAsNumber: true,
});
const app = express();
app.use(express.json());

app.get("/cities", async (req, res) => res.json(await pool.query("SELECT * FROM mb_cities ORDER BY id")));

app.get("/cities/:id", async (req, res) => {
  const rows = await pool.execute("SELECT name, people FROM mb_cities WHERE id = ?", [req.params.id]);
  if (rows.length === 0) return res.status(404).json({ error: "no such city" });
  res.json(rows[0]);
});

app.post("/cities", async (req, res) => {
  const result = await pool.batch(
    "INSERT INTO mb_cities (name, people) VALUES (?, ?)",
    req.body.map(({ name, people }) => [name, people]),
  );
  res.status(201).json({ affectedRows: result.affectedRows });
});

app.get("/stream", async (req, res) => {
  const connection = await pool.getConnection();
  let count = 0;
  for await (const row of connection.queryStream("SELECT seq FROM seq_1_to_2000")) count += row.seq > 0 ? 1 : 0;
  connection.release();
  res.json({ count });
});

app.post("/transaction", async (req, res) => {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    await connection.query("UPDATE mb_cities SET people = 0");
    await connection.query("INSERT INTO mb_cities (name) VALUES ('Oslo')");
    await connection.commit();
    res.json({ ok: true });
  } catch (error) {
    await connection.rollback();
    res.status(409).json({ code: error.code, errno: error.errno, sqlState: error.sqlState, fatal: error.fatal });
  } finally {
    connection.release();
  }
});

app.get("/pool", async (req, res) => {
  const rows = await Promise.all(Array.from({ length: 10 }, (_, n) => pool.query("SELECT ? AS n", [n])));
  res.json(rows.map(([{ n }]) => n));
});

app.use((error, req, res, next) => res.status(422).json({ code: error.code, message: error.sqlMessage }));

(async () => {
  await pool.query("DROP TABLE IF EXISTS mb_cities");
  await pool.query(
    "CREATE TABLE mb_cities (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) UNIQUE, people BIGINT, seen TIMESTAMP NULL)",
  );
  await pool.query("INSERT INTO mb_cities (name, people) VALUES ('Oslo', 700000), ('Rome', 2800000)");
  app.listen(3000);
})();
