const fastify = require("fastify")({ logger: false });

fastify.get("/", async () => ({ hello: "fastify" }));
fastify.get(
  "/schema/:id",
  {
    schema: {
      params: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
      response: { 200: { type: "object", properties: { id: { type: "integer" }, double: { type: "number" } } } },
    },
  },
  async (request) => ({ id: request.params.id, double: request.params.id * 2, hidden: true }),
);
fastify.post(
  "/users",
  {
    schema: {
      body: {
        type: "object",
        properties: { name: { type: "string", minLength: 2 }, age: { type: "integer" } },
        required: ["name"],
      },
    },
  },
  async (request, reply) => reply.code(201).send(request.body),
);
fastify.get("/inject", async () => {
  const answer = await fastify.inject({ method: "GET", url: "/schema/4" });
  return { status: answer.statusCode, body: answer.json() };
});
fastify.get("/throw", async () => {
  throw new Error("on purpose");
});
fastify.get("/stream", (request, reply) =>
  reply.type("text/plain").send(require("node:stream").Readable.from(["a", "b", "c"])),
);

fastify.listen({ port: Number(process.env.PORT ?? 3000), host: "0.0.0.0" }).catch((error) => {
  console.error(error);
  process.exit(1);
});
