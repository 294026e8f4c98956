// mysql2/promise: a shared pool, named placeholders, transactions with row locks.
const express = require("express");
const mysql = require("mysql2/promise");

const pool = mysql.createPool({
  uri: process.env.DATABASE_URL,
  connectionLimit: 6,
  namedPlaceholders: true,
  decimalNumbers: true,
});
const app = express();
app.use(express.json());

app.get("/accounts", async (req, res) => {
  const [rows] = await pool.query("SELECT * FROM mp_accounts ORDER BY id");
  res.json(rows);
});

app.get("/accounts/:name", async (req, res) => {
  const [rows] = await pool.execute("SELECT id, balance FROM mp_accounts WHERE name = :name", {
    name: req.params.name,
  });
  if (rows.length === 0) return res.status(404).json({ error: "no such account" });
  res.json(rows[0]);
});

app.post("/transfer", async (req, res) => {
  const { from, to, amount } = req.body;
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [[source]] = await connection.execute("SELECT balance FROM mp_accounts WHERE name = ? FOR UPDATE", [from]);
    if (!source || source.balance < amount) throw Object.assign(new Error("not enough"), { status: 409 });
    await connection.execute("UPDATE mp_accounts SET balance = balance - ? WHERE name = ?", [amount, from]);
    const [result] = await connection.execute("UPDATE mp_accounts SET balance = balance + ? WHERE name = ?", [
      amount,
      to,
    ]);
    if (result.affectedRows !== 1) throw Object.assign(new Error("nobody there"), { status: 404 });
    await connection.commit();
    res.json({ moved: amount });
  } catch (error) {
    await connection.rollback();
    res.status(error.status ?? 500).json({ error: error.message });
  } finally {
    connection.release();
  }
});

app.get("/parallel", async (req, res) => {
  const rows = await Promise.all(
    Array.from({ length: 15 }, (_, n) => pool.execute("SELECT ? * 2 AS n, SLEEP(0.01)", [n])),
  );
  res.json(rows.map(([[{ n }]]) => n));
});

app.get("/bulk", async (req, res) => {
  const [{ affectedRows }] = await pool.query("INSERT IGNORE INTO mp_accounts (name, balance) VALUES ?", [
    [
      ["ann", 1],
      ["bob", 2],
    ],
  ]);
  res.json({ affectedRows, escaped: mysql.format("a = ? AND ?? IN (?)", ["it's", "b", [1, 2]]) });
});

app.get("/procedure", async (req, res) => {
  const [results] = await pool.query("CALL mp_richest(2)");
  res.json(results[0]);
});

(async () => {
  await pool.query("DROP TABLE IF EXISTS mp_accounts");
  await pool.query(
    "CREATE TABLE mp_accounts (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE, balance DECIMAL(10,2))",
  );
  await pool.query("INSERT INTO mp_accounts (name, balance) VALUES ('ann', 100), ('bob', 20.5)");
  await pool.query("DROP PROCEDURE IF EXISTS mp_richest");
  await pool.query("CREATE PROCEDURE mp_richest(IN n INT) SELECT name FROM mp_accounts ORDER BY balance DESC LIMIT n");
  app.listen(3000);
})();
