// Fastify with @fastify/mysql and promises.
const fastify = require("fastify")();

fastify.register(require("@fastify/mysql"), { promise: true, connectionString: process.env.DATABASE_URL });

fastify.get("/tags/:name", async (request, reply) => {
  const [rows] = await fastify.mysql.query("SELECT id, name FROM fm_tags WHERE name = ?", [request.params.name]);
  return rows[0] ?? reply.code(404).send({ error: "no such tag" });
});
fastify.get("/tags", async () => (await fastify.mysql.query("SELECT name FROM fm_tags ORDER BY id"))[0]);
fastify.post(
  "/tags",
  { schema: { body: { type: "object", required: ["name"], properties: { name: { type: "string", maxLength: 10 } } } } },
  async (request, reply) => {
    const connection = await fastify.mysql.getConnection();
    try {
      const [{ insertId }] = await connection.query("INSERT INTO fm_tags SET ?", { name: request.body.name });
      return reply.code(201).send({ insertId });
    } finally {
      connection.release();
    }
  },
);

fastify.ready().then(async () => {
  await fastify.mysql.query("DROP TABLE IF EXISTS fm_tags");
  await fastify.mysql.query("CREATE TABLE fm_tags (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10))");
  await fastify.mysql.query("INSERT INTO fm_tags (name) VALUES ('red'), ('blue')");
  await fastify.listen({ port: 3000, host: "0.0.0.0" });
});
