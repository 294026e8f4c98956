const path = require('node:path');
const fastify = require('fastify')();
const autoload = require('@fastify/autoload');

fastify.register(autoload, { dir: path.join(__dirname, '../plugins') });
fastify.register(autoload, {
  dir: path.join(__dirname, '../routes'),
  options: { prefix: '/api' },
  routeParams: true,
  autoHooks: true,
  cascadeHooks: true,
});
fastify.register(require('@fastify/sensible'));

fastify.get('/routes', () => fastify.printRoutes({ commonPrefix: false }));

fastify.listen({ port: 3000, host: '0.0.0.0' });
