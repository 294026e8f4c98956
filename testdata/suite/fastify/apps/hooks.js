const Fastify = require('fastify');
const fp = require('fastify-plugin');

const app = Fastify({ requestIdHeader: 'x-request-id', disableRequestLogging: true });
const events = [];

app.decorate('config', { name: 'hooks' });
app.decorateRequest('user', null);
app.decorateReply('ok', function (data) {
  return this.send({ ok: true, data });
});
app.addHook('onRequest', async (request) => {
  events.push(`onRequest ${request.url}`);
  request.user = request.headers['x-user'] ?? null;
});
app.addHook('preParsing', async (request, reply, payload) => payload);
app.addHook('preHandler', (request, reply, done) => {
  if (request.url === '/forbidden') return reply.code(403).send({ error: 'stop' });
  done();
});
app.addHook('onSend', async (request, reply, payload) => {
  reply.header('x-id', request.id);
  return request.url === '/rewrite' ? payload.replace('old', 'new') : payload;
});
app.addHook('onResponse', async (request, reply) => {
  events.push(`onResponse ${reply.statusCode}`);
});
app.addHook('onReady', async () => {
  events.push('ready');
});
app.addHook('onRoute', (route) => events.push(`route ${route.method} ${route.url}`));

app.register(
  fp(async (instance, options) => {
    instance.decorate('greet', (name) => `${options.greeting}, ${name}`);
  }),
  { greeting: 'Hello' },
);
app.register(
  async (instance) => {
    instance.addHook('preSerialization', async (request, reply, payload) => ({ ...payload, wrapped: true }));
    instance.get('/inner', async (request) => ({ user: request.user, greeting: instance.greet('inner') }));
    instance.setErrorHandler((error, request, reply) => reply.code(418).send({ handled: error.message }));
    instance.get('/fail', async () => {
      throw new Error('inner failure');
    });
  },
  { prefix: '/sub' },
);
app.get('/ok', (request, reply) => reply.ok(app.config));
app.get('/rewrite', (request, reply) => reply.type('text/plain').send('old text'));
app.get('/forbidden', async () => 'never');
app.get('/error', async () => {
  const error = new Error('outer failure');
  error.statusCode = 409;
  throw error;
});
app.get('/events', async () => events.filter((event) => !event.includes('/events')));
app.setNotFoundHandler((request, reply) => reply.code(404).send({ nothing: request.url }));

app.listen({ port: Number(process.env.PORT ?? 3000), host: '::' });
