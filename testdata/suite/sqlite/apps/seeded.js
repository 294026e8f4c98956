const express = require("express");
const fs = require("fs");
const Database = require("better-sqlite3");

const reader = new Database("data/countries.db", { readonly: true });
const app = express();
app.use(express.json());
app.get("/countries", (req, res) => res.json(reader.prepare("SELECT code FROM countries WHERE code > ? LIMIT 5").all(req.query.after ?? "")));
app.get("/count", (req, res) => res.json(reader.prepare("SELECT count(*) AS n, sum(length(name)) AS length FROM countries").get()));
app.get("/mode", (req, res) => res.json([reader.pragma("journal_mode", { simple: true }), reader.pragma("integrity_check", { simple: true })]));
app.post("/countries", (req, res) => {
  const writer = new Database("data/countries.db", { fileMustExist: true });
  const result = writer.prepare("INSERT INTO countries VALUES (@code, @name)").run(req.body);
  writer.close();
  res.json({ ...result, seen: reader.prepare("SELECT name FROM countries WHERE code = ?").get(req.body.code) });
});
app.get("/download", (req, res) => res.json({ header: fs.readFileSync("data/countries.db").subarray(0, 15).toString(), pages: fs.statSync("data/countries.db").size % 4096 }));
app.use((error, req, res, next) => res.status(400).json({ code: error.code, message: error.message }));
app.listen(process.env.PORT || 3000);
