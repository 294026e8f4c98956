const fastify = require('fastify')();
fastify.register(require('@fastify/http-proxy'), {
  upstream: 'http://schema:3000',
  prefix: '/proxied',
  replyOptions: { rewriteRequestHeaders: (request, headers) => ({ ...headers, 'x-key': 'k-proxy' }) },
});
fastify.register(require('@fastify/reply-from'), { base: 'http://schema:3000/' });
fastify.get('/from', (request, reply) => reply.from('/headers', { rewriteRequestHeaders: (original, headers) => ({ ...headers, 'x-key': 'k-from' }) }));
fastify.get('/', async () => 'proxy');
fastify.listen({ port: 3000, host: '0.0.0.0' });
