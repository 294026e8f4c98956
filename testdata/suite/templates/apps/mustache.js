const express = require('express');
const Mustache = require('mustache');
const mustacheExpress = require('mustache-express');

const app = express();
app.engine('mustache', mustacheExpress('views/mustache/partials', '.mustache'));
app.set('view engine', 'mustache');
app.set('views', 'views/mustache');

app.get('/', (req, res) =>
  res.render('index', {
    title: 'A & B',
    raw: '<hr>',
    items: [{ name: 'one' }, { name: '<two>' }],
    upper: () => (text, render) => render(text).toUpperCase(),
  }),
);
app.get('/empty', (req, res) => res.render('index', { title: 'none', items: [] }));
app.get('/direct', (req, res) => res.send(Mustache.render('{{=<% %>=}}<% a.b %> {{x}}', { a: { b: 'deep' } })));

app.listen(process.env.PORT || 3000);
