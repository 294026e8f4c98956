// The same API on Fastify, with schemas.
const fastify = require("fastify");

const items = new Map();
for (let id = 1; id <= 100; id++) items.set(id, { id, title: `Item ${id}`, tags: ["a", "b"], done: id % 2 === 0 });

const item = {
  type: "object",
  properties: {
    id: { type: "integer" },
    title: { type: "string" },
    tags: { type: "array", items: { type: "string" } },
    done: { type: "boolean" },
  },
};

const app = fastify();

app.get("/items/:id", { schema: { params: { type: "object", properties: { id: { type: "integer" } } }, response: { 200: item } } }, async (request, reply) => {
  const found = items.get(request.params.id);
  if (!found) return reply.code(404).send({ error: "no such item" });
  return found;
});

app.listen({ port: Number(process.env.PORT ?? 3000), host: "0.0.0.0" });
