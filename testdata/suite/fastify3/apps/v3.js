const fastify = require('fastify')({ ajv: { customOptions: { coerceTypes: true } } });
fastify.register(require('fastify-cors'), { origin: true });
fastify.register(require('fastify-cookie'));
fastify.register(require('fastify-static'), { root: require('path').join(__dirname, '../public') });
fastify.register(
  (instance, options, next) => {
    instance.get('/things', (request, reply) => reply.send([1, 2, 3]));
    next();
  },
  { prefix: '/v1' },
);
fastify.post(
  '/sum',
  { schema: { body: { type: 'object', required: ['a', 'b'], properties: { a: { type: 'number' }, b: { type: 'number' } } }, response: { 200: { type: 'object', properties: { sum: { type: 'number' } } } } } },
  (request, reply) => {
    reply.send({ sum: request.body.a + request.body.b, left: 'out' });
  },
);
fastify.get('/cookie', (request, reply) => reply.setCookie('x', '1', { path: '/' }).send(request.cookies));
fastify.get('/buffer', (request, reply) => reply.type('application/octet-stream').send(Buffer.from([1, 2, 3, 255])));
fastify.listen(3000, '0.0.0.0', (err, address) => {
  if (err) throw err;
  console.log(`listening on ${address}`);
});
