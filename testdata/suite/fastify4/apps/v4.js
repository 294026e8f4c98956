const fastify = require('fastify')({ logger: false, caseSensitive: false, maxParamLength: 20 });
fastify.register(require('@fastify/cookie'));
fastify.register(require('@fastify/multipart'), { limits: { fileSize: 1000 } });
fastify.register(require('@fastify/middie')).after(() => {
  fastify.use((req, res, next) => {
    res.setHeader('x-middleware', 'yes');
    next();
  });
});
fastify.get('/', { schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' }, when: { type: 'string', format: 'date' } } } } } }, (request, reply) => {
  reply.setCookie('a', 'b').send({ hello: 'world', when: new Date(0), dropped: true });
});
fastify.post('/upload', async (request) => {
  const data = await request.file();
  const buffer = await data.toBuffer();
  return { field: data.fieldname, name: data.filename, type: data.mimetype, size: buffer.length };
});
fastify.get('/params/:name', async (request) => request.params);
fastify.get('/redirect', (request, reply) => reply.redirect(303, '/'));
fastify.get('/error', async () => {
  throw Object.assign(new Error('nope'), { statusCode: 402, code: 'E_NOPE' });
});
fastify.listen({ port: 3000, host: '0.0.0.0' });
