const express = require('express');
const session = require('express-session');

const app = express();
app.use(
  session({
    secret: ['new secret', 'old secret'],
    resave: false,
    saveUninitialized: false,
    name: 'sid',
    cookie: { maxAge: 3600000, sameSite: 'strict' },
  }),
);
app.use(express.urlencoded());

const users = { ann: 'secret', bob: 'hunter2' };

app.post('/login', (req, res, next) => {
  const { user, password } = req.body ?? {};
  if (!users[user] || users[user] !== password) return res.status(401).send('wrong name or password');
  req.session.regenerate((err) => {
    if (err) return next(err);
    req.session.user = user;
    req.session.save((err) => (err ? next(err) : res.redirect('/me')));
  });
});
app.get('/me', (req, res) => {
  if (!req.session.user) return res.status(403).send('log in first');
  req.session.views = (req.session.views || 0) + 1;
  res.json({ user: req.session.user, views: req.session.views });
});
app.post('/logout', (req, res) => {
  req.session.destroy(() => {
    res.clearCookie('sid').send('bye');
  });
});

app.listen(process.env.PORT || 3000);
