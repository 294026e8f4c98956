const fastify = require('fastify')();

fastify.register(require('@fastify/cookie'), { secret: 'cookie-secret' });
fastify.register(require('@fastify/jwt'), { secret: 'supersecret', cookie: { cookieName: 'token', signed: false }, sign: { expiresIn: '10m' } });
fastify.register(require('@fastify/formbody'));
fastify.register(require('@fastify/cors'), { origin: ['http://one.example'], credentials: true });
fastify.register(require('@fastify/helmet'), { contentSecurityPolicy: false });
fastify.register(require('@fastify/rate-limit'), { global: false });

fastify.decorate('authenticate', async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (err) {
    reply.send(err);
  }
});

fastify.after(() => {
  fastify.post('/login', async (request, reply) => {
    const { user, password } = request.body;
    if (password !== 'secret') return reply.code(401).send({ error: 'wrong password' });
    const token = fastify.jwt.sign({ user });
    return reply.setCookie('token', token, { httpOnly: true, path: '/' }).setCookie('seen', 'yes', { signed: true }).send({ token });
  });
  fastify.get('/me', { onRequest: [fastify.authenticate] }, async (request) => ({ user: request.user.user }));
  fastify.get('/seen', async (request) => request.unsignCookie(request.cookies.seen ?? ''));
  fastify.get('/limited', { config: { rateLimit: { max: 1000, timeWindow: '1 minute' } } }, async () => 'ok');
});

fastify.listen({ port: 3000, host: '0.0.0.0' });
