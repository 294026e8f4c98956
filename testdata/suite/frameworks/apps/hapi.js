const Hapi = require('@hapi/hapi');
const Boom = require('@hapi/boom');
const Joi = require('joi');
const Path = require('path');

const init = async () => {
  const server = Hapi.server({ port: 3000, host: '0.0.0.0', routes: { files: { relativeTo: Path.join(__dirname, '../public') } } });
  await server.register([require('@hapi/inert'), require('@hapi/vision'), require('@hapi/cookie'), require('@hapi/basic')]);

  server.views({ engines: { html: require('handlebars') }, path: Path.join(__dirname, '../views') });
  server.auth.strategy('session', 'cookie', {
    cookie: { name: 'sid', password: '!wsYhFA*C2U6nz=Bu^%A@^F#SF3&kSR6', isSecure: false },
    validate: async (request, session) => ({ isValid: session.id === 1, credentials: { name: 'ann' } }),
  });
  server.auth.strategy('simple', 'basic', { validate: async (request, username, password) => ({ isValid: password === 'secret', credentials: { username } }) });
  server.ext('onPreResponse', (request, h) => {
    const response = request.response;
    if (response.isBoom && response.output.statusCode === 404) return h.response({ missing: request.path }).code(404);
    return h.continue;
  });
  server.method('add', (a, b) => a + b, {});
  server.state('theme', { ttl: null, isSecure: false, isHttpOnly: true, encoding: 'base64json' });

  server.route([
    { method: 'GET', path: '/', handler: () => 'Hello Hapi' },
    { method: 'GET', path: '/hello/{name?}', handler: (request, h) => h.view('hello', { name: request.params.name ?? 'stranger' }) },
    { method: 'GET', path: '/files/{file*}', handler: { directory: { path: '.', listing: true } } },
    { method: 'GET', path: '/file', handler: { file: 'note.txt' } },
    { method: 'POST', path: '/login', handler: (request, h) => { request.cookieAuth.set({ id: 1 }); return h.response('in').code(201); } },
    { method: 'GET', path: '/private', options: { auth: 'session' }, handler: (request) => request.auth.credentials },
    { method: 'GET', path: '/basic', options: { auth: 'simple' }, handler: (request) => request.auth.credentials },
    { method: 'POST', path: '/validate', options: { validate: { payload: Joi.object({ n: Joi.number().max(10).required() }), failAction: (request, h, err) => { throw err; } } }, handler: (request) => ({ sum: server.methods.add(request.payload.n, 1) }) },
    { method: 'GET', path: '/boom', handler: () => { throw Boom.conflict('clash', { a: 1 }); } },
    { method: 'GET', path: '/crash', handler: () => { throw new Error('hidden'); } },
    { method: 'GET', path: '/theme', handler: (request, h) => h.response(request.state.theme ?? 'none').state('theme', { dark: true }) },
    { method: '*', path: '/any', handler: (request) => request.method },
    { method: 'GET', path: '/cached', options: { cache: { expiresIn: 30000, privacy: 'private' } }, handler: (request, h) => h.response({ a: 1 }).etag('v1') },
  ]);
  await server.start();
  console.log('Server running on %s', server.info.port);
};
process.on('unhandledRejection', (err) => {
  console.log(err);
  process.exit(1);
});
init();
