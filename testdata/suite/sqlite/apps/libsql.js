const express = require("express");
const { createClient } = require("@libsql/client");

const db = createClient({ url: process.env.DATABASE_URL || "file:items.db" });

async function main() {
  await db.batch(
    [
      "CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL, data BLOB)",
      { sql: "INSERT OR IGNORE INTO items (name, price) VALUES (?, ?)", args: ["pen", 1.5] },
      { sql: "INSERT OR IGNORE INTO items (name, price) VALUES (:name, :price)", args: { name: "ink", price: 4 } },
    ],
    "write",
  );
  const app = express();
  app.use(express.json());
  const wrap = (work) => (req, res) =>
    work(req).then(
      (value) => res.json(value),
      (error) => res.status(400).json({ code: error.code, extended: error.extendedCode, message: error.message }),
    );
  app.get("/items", wrap(() => db.execute("SELECT id, name, price FROM items ORDER BY id")));
  app.get("/items/:id", wrap(async (req) => (await db.execute("SELECT * FROM items WHERE id = ?", [req.params.id])).rows));
  app.post(
    "/items",
    wrap(async (req) => {
      const { rowsAffected, lastInsertRowid } = await db.execute({
        sql: "INSERT INTO items (name, price) VALUES ($name, $price)",
        args: { name: req.body.name, price: req.body.price ?? null },
      });
      return { rowsAffected, lastInsertRowid: Number(lastInsertRowid) };
    }),
  );
  app.post(
    "/swap",
    wrap(async () => {
      const transaction = await db.transaction("write");
      try {
        await transaction.execute("UPDATE items SET price = price + 1 WHERE name = 'pen'");
        await transaction.execute("INSERT INTO items (name) VALUES ('ink')");
        await transaction.commit();
        return "done";
      } finally {
        transaction.close();
      }
    }),
  );
  app.get("/blob", wrap(async () => {
    await db.execute({ sql: "UPDATE items SET data = ? WHERE id = 1", args: [new Uint8Array([1, 2, 250])] });
    const { rows } = await db.execute("SELECT data, length(data) AS size FROM items WHERE id = 1");
    return { bytes: [...new Uint8Array(rows[0].data)], size: rows[0].size };
  }));
  app.get("/returning", wrap(() => db.execute("UPDATE items SET price = 9 WHERE name = 'pen' RETURNING id, price")));
  app.get("/script", wrap(async () => {
    await db.executeMultiple("DROP TABLE IF EXISTS s; CREATE TABLE s (x); INSERT INTO s VALUES (1), (2);");
    return (await db.execute("SELECT sum(x) AS total FROM s")).rows;
  }));
  app.get("/error", wrap(() => db.execute("SELECT * FROM nothing")));
  app.listen(process.env.PORT || 3000);
}
main();
