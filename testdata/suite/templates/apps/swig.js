const express = require('express');
const swig = require('swig-templates');

const app = express();
swig.setFilter('stars', (input) => `*${input}*`);
app.engine('html', swig.renderFile);
app.set('view engine', 'html');
app.set('views', __dirname + '/../views/swig');

app.get('/', (req, res) => res.render('index', { users: [{ name: 'ann', bio: '<i>' }, { name: 'bob' }], now: 'noon' }));
app.get('/string', (req, res) => res.send(swig.render('{{ a|stars }} {% set b = 2 %}{{ b * 21 }}', { locals: { a: 'x' } })));

app.listen(process.env.PORT || 3000);
