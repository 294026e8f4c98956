// The JSON API of in/apps/express.js, written by hand for Workers: what a rewrite would reach.
import { Hono } from "hono";

const items = new Map();
for (let id = 1; id <= 100; id++) items.set(id, { id, title: `Item ${id}`, tags: ["a", "b"], done: id % 2 === 0 });

const app = new Hono();

app.get("/items/:id", (c) => {
  const item = items.get(Number(c.req.param("id")));
  return item ? c.json(item) : c.json({ error: "no such item" }, 404);
});

export default app;
