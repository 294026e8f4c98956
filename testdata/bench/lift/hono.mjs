// The JSON API of in/apps/express.js, written by hand for Workers: what a rewrite would reach, in a Worker (its items then are
// each isolate's own) and in a Durable Object, where the lifted app runs, behind a Worker.
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

const items = new Map();
for (let id = 1; id <= 100; id++) items.set(id, { id, title: `Item ${id}`, tags: ["a", "b"], done: id % 2 === 0 });

const app = new Hono();

app.get("/items/:id", (c) => {
  const item = items.get(Number(c.req.param("id")));
  return item ? c.json(item) : c.json({ error: "no such item" }, 404);
});

export class Items extends DurableObject {
  fetch(request) {
    return app.fetch(request);
  }
}

let id;

export default {
  fetch: app.fetch,
};

export const behind = {
  fetch: (request, env) => env.ITEMS.get((id ??= env.ITEMS.idFromName("items"))).fetch(request),
};
