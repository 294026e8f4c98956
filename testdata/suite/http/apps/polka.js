const polka = require('polka');
const sirv = require('sirv');
const { json } = require('body-parser');

polka({
  onError: (err, req, res) => {
    res.statusCode = err.code || err.status || 500;
    res.end(`error: ${err.message || err}`);
  },
  onNoMatch: (req, res) => {
    res.statusCode = 404;
    res.end('nothing here');
  },
})
  .use(sirv('public', { maxAge: 60, etag: true }))
  .use(json())
  .get('/users/:id/books/:title?', (req, res) => res.end(JSON.stringify({ params: req.params, query: req.query, path: req.path })))
  .post('/data', (req, res) => res.end(JSON.stringify(req.body)))
  .get('/oops', (req, res, next) => next(new Error('oops')))
  .listen(3000, (err) => {
    if (err) throw err;
  });
