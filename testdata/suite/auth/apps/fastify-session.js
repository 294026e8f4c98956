// Fastify: @fastify/jwt, and @fastify/cookie with @fastify/session.
const fastify = require("fastify")();

fastify.register(require("@fastify/jwt"), { secret: process.env.JWT_SECRET });
fastify.decorate("authenticate", (request) => request.jwtVerify());
fastify.post("/token", async (request) => ({ token: fastify.jwt.sign({ name: request.body.name }) }));
fastify.register(async (api) => {
  api.addHook("onRequest", fastify.authenticate);
  api.get("/me", async (request) => ({ name: request.user.name }));
});
fastify.register(async (web) => {
  web.register(require("@fastify/cookie"));
  web.register(require("@fastify/session"), { secret: process.env.SESSION_SECRET, cookie: { secure: false } });
  web.post("/cart/:item", async (request) => {
    request.session.cart = [...(request.session.cart ?? []), request.params.item];
    return request.session.cart;
  });
  web.get("/cart", async (request) => request.session.cart ?? []);
});
fastify.listen({ port: 3000, host: "0.0.0.0" });
