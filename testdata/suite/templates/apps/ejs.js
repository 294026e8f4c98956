const path = require('path');
const express = require('express');
const ejs = require('ejs');

const app = express();
app.set('view engine', 'ejs');
app.set('views', path.join(__dirname, '..', 'views', 'ejs'));

const items = [
  { name: 'Milk & honey', done: true },
  { name: '<script>', done: false },
];

app.get('/', (req, res) => res.render('index', { title: req.query.title || 'List', items, html: '<b>bold</b>' }));
app.get('/broken', (req, res) => res.render('broken'));
app.get('/missing', (req, res) => res.render('nowhere'));
app.get('/string', (req, res) => res.send(ejs.render('<? for (let i = 0; i < n; i++) { ?>[<?= i ?>]<? } ?>', { n: 4 }, { delimiter: '?' })));
app.get('/compiled', (req, res) => {
  const template = ejs.compile('Hello <%= name %>, <%= list.map((x) => x * 2).join(":") %>', { strict: false });
  res.type('text').send(template({ name: req.query.name || 'you', list: [1, 2, 3] }));
});

app.use((err, req, res, next) => {
  res.status(err.message.includes('lookup') ? 404 : 422).type('text').send(err.message.split('\n').pop().split(' in views')[0]);
});

app.listen(process.env.PORT || 3000);
