const http = require('node:http');
const finalhandler = require('finalhandler');
const findMyWay = require('find-my-way');
const serveStatic = require('serve-static');

const statics = serveStatic('public', { index: ['index.html'] });
const router = findMyWay({ ignoreTrailingSlash: true, defaultRoute: (req, res) => statics(req, res, finalhandler(req, res)) });
const json = (res, value) => {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify(value));
};
router.on('GET', '/users/:id(^\\d+)', (req, res, params) => json(res, params));
router.on('GET', '/files/*', (req, res, params) => json(res, params));
router.on(['PUT', 'POST'], '/either', (req, res) => json(res, { method: req.method }));
router.on('GET', '/search', (req, res, params, store, query) => json(res, { query, store }), { hits: 3 });
router.on('GET', '/hosted', { constraints: { host: 'api.example.com' } }, (req, res) => json(res, { host: 'api' }));

http.createServer((req, res) => router.lookup(req, res)).listen(3000);
