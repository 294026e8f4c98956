// @fastify/secure-session: sessions sealed by libsodium, a native addon.
const fastify = require("fastify")();

fastify.register(require("@fastify/secure-session"), {
  secret: "averylogphrasebiggerthanthirtytwochars",
  salt: "mq9hDxBVDbspDR6n",
  cookie: { path: "/" },
});
fastify.post("/note", async (request) => {
  request.session.set("note", request.body.text);
  return { saved: true };
});
fastify.get("/note", async (request, reply) => ({ note: request.session.get("note") ?? null }));

fastify.listen({ port: 3000, host: "0.0.0.0" });
