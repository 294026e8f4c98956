// A JSON API on Express 5 that keeps its items in memory.
const express = require("express");

const items = new Map();
for (let id = 1; id <= 100; id++) items.set(id, { id, title: `Item ${id}`, tags: ["a", "b"], done: id % 2 === 0 });

const app = express();
app.disable("x-powered-by");
app.use(express.json());

app.get("/items/:id", (req, res) => {
  const item = items.get(Number(req.params.id));
  if (!item) return res.status(404).json({ error: "no such item" });
  res.json(item);
});

app.put("/items/:id", (req, res) => {
  const id = Number(req.params.id);
  items.set(id, { ...req.body, id });
  res.json(items.get(id));
});

app.listen(process.env.PORT ?? 3000);
