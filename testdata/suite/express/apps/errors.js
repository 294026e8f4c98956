const express = require('express');
const createError = require('http-errors');
const errorhandler = require('errorhandler');

const app = express();

app.get('/', (req, res) => res.send('ok'));
app.get('/sync', () => {
  throw new Error('thrown');
});
app.get('/async', async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  throw createError(422, 'rejected', { details: ['a', 'b'] });
});
app.get('/next', (req, res, next) => next(createError.Forbidden('no entry')));
app.get('/string', (req, res, next) => next('just text'));
app.get('/late', (req, res, next) => {
  res.status(200).write('begun');
  setTimeout(() => res.end(' and ended'), 5);
});
app.get('/teapot', (req, res) => res.status(418).statusMessage = 'x' && res.sendStatus(418));
app.get('/bad-json', (req, res) => {
  const loop = {};
  loop.self = loop;
  res.json(loop);
});
app.post('/limit', express.text({ limit: 10 }), (req, res) => res.send(req.body));
app.post('/form', express.urlencoded({ extended: true }), (req, res) => res.json(req.body));
app.use('/verbose', (req, res, next) => next(createError(400, 'plain')));

app.use((req, res, next) => next(createError(404)));

app.use('/verbose', errorhandler({ log: false }));
app.use((err, req, res, next) => {
  if (res.headersSent) return next(err);
  const status = err.status || 500;
  res.status(status).json({ status, message: err.message ?? err, details: err.details, expose: err.expose });
});

app.listen(process.env.PORT || 3000);
