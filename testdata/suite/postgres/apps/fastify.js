// Fastify with @fastify/postgres: the plugin's pool, its transact helper and schemas for answers.
const fastify = require("fastify")({ logger: false });

fastify.register(require("@fastify/postgres"), { connectionString: process.env.DATABASE_URL });

fastify.get(
  "/users/:id",
  { schema: { params: { type: "object", properties: { id: { type: "integer" } } } } },
  async (request, reply) => {
    const { rows } = await fastify.pg.query("SELECT id, name FROM ff_users WHERE id = $1", [request.params.id]);
    if (rows.length === 0) return reply.code(404).send({ error: "no such user" });
    return rows[0];
  },
);

fastify.get(
  "/users",
  {
    schema: {
      response: { 200: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } } },
    },
  },
  async () => {
    const client = await fastify.pg.connect();
    try {
      return (await client.query("SELECT * FROM ff_users ORDER BY id")).rows;
    } finally {
      client.release();
    }
  },
);

fastify.post(
  "/users",
  { schema: { body: { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 2 } } } } },
  async (request, reply) => {
    const id = await fastify.pg.transact(async (client) => {
      const { rows } = await client.query("INSERT INTO ff_users (name) VALUES ($1) RETURNING id", [request.body.name]);
      return rows[0].id;
    });
    return reply.code(201).send({ id });
  },
);

fastify.setErrorHandler((error, request, reply) => {
  if (error.code === "23505") return reply.code(409).send({ error: "name is taken" });
  return reply.send(error);
});

fastify.ready().then(async () => {
  await fastify.pg.query(
    "DROP TABLE IF EXISTS ff_users; CREATE TABLE ff_users (id serial PRIMARY KEY, name text UNIQUE); INSERT INTO ff_users (name) VALUES ('ann'), ('bob')",
  );
  await fastify.listen({ port: 3000, host: "0.0.0.0" });
});
