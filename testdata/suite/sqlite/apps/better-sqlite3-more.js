const express = require("express");
const fs = require("fs");
const path = require("path");
const Database = require("better-sqlite3");

const db = new Database(":memory:");
db.exec("CREATE TABLE sales (id INTEGER PRIMARY KEY, region TEXT, amount REAL, photo BLOB, big INTEGER)");
const insert = db.prepare("INSERT INTO sales (region, amount, photo, big) VALUES (?, ?, ?, ?)");
for (let i = 1; i <= 10; i++) insert.run(i % 2 ? "north" : "south", i * 1.5, Buffer.from([i, 0, 255]), 2n ** 60n + BigInt(i));

db.function("shout", { deterministic: true }, (text) => `${text.toUpperCase()}!`);
db.function("total", { varargs: true }, (...values) => values.reduce((sum, value) => sum + value, 0));
db.function("broken", () => {
  throw new RangeError("not today");
});
db.aggregate("median", {
  start: () => [],
  step: (values, next) => {
    values.push(next);
  },
  result: (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null,
});
db.aggregate("running", { start: 0, step: (sum, next) => sum + next, inverse: (sum, gone) => sum - gone });

const text = (value) => JSON.stringify(value, (key, item) => (typeof item === "bigint" ? `${item}n` : item));
const app = express();
const answer = (route, work) => app.get(route, async (req, res) => res.type("json").send(text((await work(req)) ?? null)));

answer("/functions", () => db.prepare("SELECT shout('a') AS a, total(1, 2, 3.5) AS b, total() AS c").get());
answer("/broken", () => {
  try {
    return db.prepare("SELECT broken()").get();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
});
answer("/median", () => db.prepare("SELECT region, median(amount) AS m FROM sales GROUP BY region ORDER BY region").all());
answer("/window", () =>
  db.prepare("SELECT id, running(amount) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS r FROM sales").all(),
);
answer("/modes", () => {
  const statement = db.prepare("SELECT s.id, s.region AS r, 1 + 1 AS two FROM sales s LIMIT 2");
  return {
    flat: statement.all(),
    pluck: statement.pluck().all(),
    raw: statement.raw().all(),
    expand: statement.expand().all(),
    columns: statement.columns(),
    reader: statement.reader,
    readonly: statement.readonly,
    source: statement.source,
  };
});
answer("/integers", () => ({
  number: db.prepare("SELECT big FROM sales WHERE id = 1").pluck().get(),
  bigint: db.prepare("SELECT big FROM sales WHERE id = 1").pluck().safeIntegers().get(),
  rowid: insert.safeIntegers().run("west", 1, null, 5).lastInsertRowid,
  tooBig: (() => {
    try {
      return db.prepare("SELECT ?").get(2n ** 70n);
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  })(),
}));
answer("/blobs", () => db.prepare("SELECT photo, typeof(photo) AS t, hex(photo) AS h FROM sales LIMIT 2").all());
answer("/iterate", () => {
  const seen = [];
  for (const row of db.prepare("SELECT id FROM sales WHERE id <= ?").iterate(6)) {
    if (row.id > 4) break;
    seen.push(row.id);
    try {
      db.exec("DELETE FROM sales");
    } catch (error) {
      seen.push(error.message);
    }
  }
  return seen;
});
answer("/bound", () => {
  const statement = db.prepare("SELECT ? AS a, :b AS b").bind(7, { b: "x" });
  const results = [statement.get()];
  for (const call of [() => statement.bind(1), () => statement.get(1), () => db.prepare("SELECT 1; SELECT 2"), () => db.prepare(" "), () => db.prepare("SELECT ?").get(), () => db.prepare("SELECT 1").run(), () => db.prepare("DELETE FROM sales WHERE 0").all(), () => db.prepare("SELEC 1"), () => db.prepare("SELECT \"text\"")]) {
    try {
      results.push(call());
    } catch (error) {
      results.push(`${error.name} ${error.code}: ${error.message}`);
    }
  }
  return results;
});
answer("/nested", () => {
  const results = [];
  const add = db.transaction((name, fail) => {
    insert.run(name, 0, null, null);
    if (fail) throw new Error("undo");
  });
  const both = db.transaction(() => {
    add("outer", false);
    try {
      add("inner", true);
    } catch (error) {
      results.push(error.message, db.inTransaction);
    }
  });
  both.immediate();
  results.push(db.prepare("SELECT region FROM sales WHERE amount = 0").pluck().all(), db.inTransaction);
  db.prepare("DELETE FROM sales WHERE amount = 0").run();
  return results;
});
answer("/text", () => {
  db.exec("CREATE VIRTUAL TABLE IF NOT EXISTS docs USING fts5(body); DELETE FROM docs");
  const add = db.prepare("INSERT INTO docs VALUES (?)");
  for (const body of ["the quick brown fox", "a lazy dog", "quick thinking"]) add.run(body);
  return db.prepare("SELECT rowid, highlight(docs, 0, '[', ']') AS h FROM docs WHERE docs MATCH 'quick' ORDER BY rank, rowid").all();
});
answer("/json", () => db.prepare("SELECT json_extract(?, '$.a[1]') AS x, json_group_array(value) AS y FROM json_each('[1,2,3]')").get('{"a":[1,"two"]}'));
answer("/attach", () => {
  db.exec("ATTACH ':memory:' AS other; CREATE TABLE other.t AS SELECT id FROM sales WHERE id < 4");
  const rows = db.prepare("SELECT t.id, s.region FROM other.t JOIN sales s USING (id)").all();
  db.exec("DETACH other");
  return rows;
});
answer("/copies", async () => {
  const copy = new Database(db.serialize());
  await db.backup(path.resolve("copy.db"), { progress: () => 2 });
  const file = new Database("copy.db", { readonly: true, fileMustExist: true });
  const counts = [copy, file].map((each) => each.prepare("SELECT count(*) FROM sales").pluck().get());
  let refused;
  try {
    file.exec("DELETE FROM sales");
  } catch (error) {
    refused = `${error.code}: ${error.message}`;
  }
  file.close();
  return { same: new Set(counts).size === 1, refused, exists: fs.existsSync("copy.db"), open: file.open };
});
answer("/missing", () => {
  for (const [name, options] of [["nowhere.db", { fileMustExist: true }], ["no/such/folder.db", {}]]) {
    try {
      new Database(name, options);
    } catch (error) {
      return `${error.name} ${error.code}: ${error.message}`;
    }
  }
});
app.listen(process.env.PORT || 3000);
