const restify = require('restify');
const errs = require('restify-errors');

const server = restify.createServer({ name: 'myapp', version: '1.0.0' });
server.use(restify.plugins.acceptParser(server.acceptable));
server.use(restify.plugins.queryParser());
server.use(restify.plugins.bodyParser());
server.get('/echo/:name', (req, res, next) => {
  res.send(req.params);
  return next();
});
server.post('/body', (req, res, next) => {
  res.send(201, req.body);
  return next();
});
server.get('/error', (req, res, next) => next(new errs.ConflictError('I just do not like you')));
server.listen(3000, () => console.log('%s listening at %s', server.name, server.url));
