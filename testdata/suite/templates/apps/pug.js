const express = require('express');
const pug = require('pug');

const app = express();
app.set('view engine', 'pug');
app.set('views', './views/pug');

const pets = [
  { name: 'Rex <the> dog', age: 7 },
  { name: 'Tom', age: 5 },
];

app.get('/', (req, res) => res.render('index', { title: 'Pets', html: '<em>fur</em>', pets }));
app.get('/none', (req, res) => res.render('index', { title: 'Nobody', html: '', pets: [] }));
app.get('/string', (req, res) => {
  const fn = pug.compile('p(class=kind) #{text}\n  | more', { pretty: false });
  res.send(fn({ kind: ['a', 'b'], text: req.query.text || 'plain "quotes"' }));
});
app.get('/invalid', (req, res) => {
  try {
    res.send(pug.render('p(\n'));
  } catch (err) {
    res.status(400).json({ code: err.code, line: err.line });
  }
});

app.listen(process.env.PORT || 3000);
