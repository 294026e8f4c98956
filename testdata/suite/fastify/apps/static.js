const path = require('node:path');
const fastify = require('fastify')({ ignoreTrailingSlash: true });

fastify.register(require('@fastify/static'), { root: path.join(__dirname, '../public'), prefix: '/public/', list: { format: 'json', names: ['index'] } });
fastify.register(require('@fastify/view'), { engine: { handlebars: require('handlebars') }, root: path.join(__dirname, '../views'), layout: 'layout.hbs' });
fastify.register(require('@fastify/compress'), { threshold: 100 });
fastify.register(require('@fastify/etag'));

fastify.get('/file', (request, reply) => reply.sendFile('page.html'));
fastify.get('/download', (request, reply) => reply.download('style.css', 'my style.css'));
fastify.get('/view', (request, reply) => reply.viewAsync('hello.hbs', { name: request.query.name ?? '<you>', list: [1, 2, 3] }));
fastify.get('/stream', (request, reply) => {
  reply.type('text/css').send(require('node:fs').createReadStream(path.join(__dirname, '../public/style.css')));
});
fastify.get('/big', async () => ({ text: 'compress me '.repeat(100) }));

fastify.listen({ port: 3000, host: '0.0.0.0' });
