// Fastify with @fastify/redis and @fastify/rate-limit on the same connection.
const fastify = require("fastify")();
const Redis = require("ioredis");

const redis = new Redis({ host: process.env.REDIS_HOST, connectTimeout: 500, maxRetriesPerRequest: 1 });
fastify.register(require("@fastify/redis"), { client: redis, closeClient: true });
fastify.register(async (api) => {
  await api.register(require("@fastify/rate-limit"), {
    max: 3,
    timeWindow: "10 minutes",
    redis,
    nameSpace: "ffrl:",
    keyGenerator: (request) => request.headers["x-key"] ?? "none",
    addHeaders: { "retry-after": false, "x-ratelimit-reset": false },
    addHeadersOnExceeding: { "x-ratelimit-reset": false },
  });
  api.post("/limited", async () => ({ ok: true }));
});
fastify.put("/values/:key", async (request, reply) => {
  await fastify.redis.set(`ff:${request.params.key}`, JSON.stringify(request.body));
  return reply.code(204).send();
});
fastify.get("/values/:key", async (request, reply) => {
  const text = await fastify.redis.get(`ff:${request.params.key}`);
  return text === null ? reply.code(404).send({ error: "not set" }) : JSON.parse(text);
});
fastify.listen({ port: 3000, host: "0.0.0.0" });
