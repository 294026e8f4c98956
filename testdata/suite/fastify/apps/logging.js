const fastify = require('fastify')({
  logger: { level: 'debug', redact: ['req.headers.authorization'], serializers: { req: (req) => ({ method: req.method, url: req.url }) } },
  genReqId: () => 'fixed',
});
const lines = [];
fastify.addHook('onRequest', async (request) => request.log.debug({ n: 1 }, 'a %s', 'message'));
fastify.get('/', async (request) => {
  request.log.info('hello');
  const child = request.log.child({ module: 'test' });
  child.warn(new Error('logged'));
  return { level: request.log.level };
});
fastify.get('/inject', async () => {
  const response = await fastify.inject({ method: 'GET', url: '/' });
  return { status: response.statusCode, body: response.json() };
});
fastify.get('/close-later', async () => lines);
fastify.addContentTypeParser('application/x-lines', { parseAs: 'string' }, (request, body, done) => done(null, body.trim().split('\n')));
fastify.post('/lines', async (request) => request.body);
fastify.route({ method: ['PUT', 'PATCH'], url: '/multi', handler: async (request) => request.method });
fastify.get('/wild/*', async (request) => request.params['*']);
fastify.get('/regex/:file(^\\d+).png', async (request) => request.params);
fastify.get('/v', { constraints: { version: '1.2.0' } }, async () => 'one');
fastify.get('/v', { constraints: { version: '2.0.0' } }, async () => 'two');
fastify.get('/async-iterator', (request, reply) => {
  const { Readable } = require('node:stream');
  reply.type('text/plain').send(Readable.from(['a', 'b', 'c']));
});
fastify.listen({ port: 3000, host: '0.0.0.0' });
