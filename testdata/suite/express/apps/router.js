const express = require('express');

const books = express.Router({ mergeParams: true });
books.use((req, res, next) => {
  res.set('X-Author', req.params.author);
  next();
});
books.get('/', (req, res) => res.json({ author: req.params.author, books: ['one', 'two'] }));
books.get('/:title', (req, res, next) => {
  if (req.params.title === 'skip') return next('route');
  res.json(req.params);
});
books.get('/:title', (req, res) => res.json({ second: req.params.title }));

const admin = express.Router({ caseSensitive: true, strict: true });
admin.use((req, res, next) => {
  if (req.get('authorization') !== 'Basic YWRtaW46c2VjcmV0') {
    return res.status(401).set('WWW-Authenticate', 'Basic realm="admin"').end();
  }
  next();
});
admin.get('/Stats', (req, res) => res.json({ baseUrl: req.baseUrl, originalUrl: req.originalUrl, path: req.path }));

const app = express();
app.use('/authors/:author/books', books);
app.use('/admin', admin);
app.get('/files/*path', (req, res) => res.json({ path: req.params.path }));
app.get(/^\/ab?cd$/, (req, res) => res.send('pattern'));
app.get('/redirect', (req, res) => res.redirect(301, '/authors/kafka/books?x=1'));
app.get('/back', (req, res) => res.redirect(req.get('referrer') || '/'));
app.all('/any', (req, res) => res.json({ method: req.method }));
app.get(['/one', '/two'], (req, res) => res.type('text').send(req.path));
app.get('/negotiate', (req, res) => {
  res.format({
    text: () => res.send('hey'),
    html: () => res.send('<p>hey</p>'),
    json: () => res.send({ message: 'hey' }),
  });
});
app.get('/query', (req, res) => res.json(req.query));
app.get('/jsonp', (req, res) => res.jsonp({ a: 1 }));

app.listen(process.env.PORT || 3000);
