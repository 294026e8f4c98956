const express = require('express');
const session = require('express-session');
const flash = require('connect-flash');
const MemoryStore = require('memorystore')(session);

const app = express();
app.use(session({ cookie: { maxAge: 86400000 }, store: new MemoryStore({ checkPeriod: 86400000 }), resave: false, saveUninitialized: true, secret: 'keyboard cat' }));
app.use(flash());
app.get('/flash', (req, res) => {
  req.flash('info', 'Flash is back!');
  res.redirect('/');
});
app.get('/', (req, res) => {
  req.session.count = (req.session.count || 0) + 1;
  res.json({ count: req.session.count, messages: req.flash('info') });
});
app.listen(3000);
