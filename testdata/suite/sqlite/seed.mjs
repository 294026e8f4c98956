// Run when the image is built: the database that the app seeded.js finds in it.
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

mkdirSync("data", { recursive: true });
const db = new DatabaseSync("data/countries.db");
db.exec("PRAGMA journal_mode = WAL; DROP TABLE IF EXISTS countries; CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID");
const add = db.prepare("INSERT INTO countries VALUES (?, ?)");
db.exec("BEGIN");
for (let i = 0; i < 2000; i++) add.run(`c${String(i).padStart(4, "0")}`, `Country ${i} ${"x".repeat(i % 200)}`);
db.exec("COMMIT");
db.close();
