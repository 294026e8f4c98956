const express = require('express');
const cookieParser = require('cookie-parser');

const app = express();
app.use(cookieParser('a secret for signing'));

app.get('/', (req, res) => {
  res.json({ cookies: req.cookies, signed: req.signedCookies });
});
app.get('/set', (req, res) => {
  res.cookie('plain', 'value with spaces', { httpOnly: true, sameSite: 'lax' });
  res.cookie('signed', 'trusted', { signed: true, maxAge: 60000, path: '/' });
  res.cookie('object', { a: 1 }, { domain: 'example.com' });
  res.cookie('partitioned', 'p', { secure: true, sameSite: 'none', partitioned: true, priority: 'high' });
  res.send('set');
});
app.get('/count', (req, res) => {
  const count = Number(req.signedCookies.count ?? 0) + 1;
  res.cookie('count', count, { signed: true }).json({ count });
});
app.get('/clear', (req, res) => res.clearCookie('plain').clearCookie('signed').sendStatus(204));

app.listen(process.env.PORT || 3000);
