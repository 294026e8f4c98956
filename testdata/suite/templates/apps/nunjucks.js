const express = require('express');
const nunjucks = require('nunjucks');

const app = express();
const env = nunjucks.configure('views/nunjucks', { autoescape: true, express: app });
env.addFilter('money', (n) => `$${n.toFixed(2)}`);
env.addFilter('slow', (text, callback) => setTimeout(() => callback(null, `slow ${text}`), 5), true);
app.set('view engine', 'njk');

app.get('/', (req, res) => res.render('index', { user: { name: 'ann lee', email: '"ann"@x.org', admin: false }, price: 3 }));
app.get('/string', (req, res) => res.send(nunjucks.renderString('{{ items | join("-") }} {{ now.y }}', { items: [1, 2], now: { y: 2026 } })));
app.get('/async', (req, res, next) => {
  env.renderString('{{ "x" | slow }}', {}, (err, text) => (err ? next(err) : res.send(text)));
});
app.get('/error', (req, res, next) => {
  env.renderString('{% for x in %}', {}, (err) => res.status(400).send(String(err.name)));
});

app.listen(process.env.PORT || 3000);
