const path = require('node:path');
const fastify = require('fastify')();

fastify.register(require('@fastify/view'), {
  engine: { ejs: require('ejs') },
  root: path.join(__dirname, '..', 'views', 'ejs'),
  viewExt: 'ejs',
});

fastify.get('/', (req, reply) => reply.view('index', { title: 'Fastify', items: [{ name: 'x', done: false }], html: '&' }));
fastify.get('/missing', (req, reply) => reply.view('none'));
fastify.setErrorHandler((err, req, reply) => reply.code(404).send({ error: err.message.slice(0, 12) }));

fastify.listen({ port: Number(process.env.PORT) || 3000, host: '0.0.0.0' });
