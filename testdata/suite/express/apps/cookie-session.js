const cookieSession = require('cookie-session');
const express = require('express');

const app = express();
app.set('trust proxy', 1);
app.use(cookieSession({ name: 'session', keys: ['key1', 'key2'], maxAge: 24 * 60 * 60 * 1000 }));

app.get('/', (req, res) => {
  req.session.views = (req.session.views || 0) + 1;
  res.end(req.session.views + ' views');
});
app.get('/flash', (req, res) => {
  const message = req.session.message ?? null;
  req.session.message = 'hello from the last request';
  res.json({ message, isNew: req.session.isNew, isPopulated: req.session.isPopulated });
});
app.get('/reset', (req, res) => {
  req.session = null;
  res.end('reset');
});

app.listen(3000);
