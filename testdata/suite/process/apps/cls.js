const express = require('express');
const { createNamespace } = require('cls-hooked');
const httpContext = require('express-http-context');

const app = express();
const session = createNamespace('request');

app.use((req, res, next) => {
  session.bindEmitter(req);
  session.bindEmitter(res);
  session.run(() => {
    session.set('user', req.headers['x-user'] || 'nobody');
    next();
  });
});
app.use(httpContext.middleware);
app.use((req, res, next) => {
  httpContext.set('path', req.path);
  next();
});

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

app.get('/who', async (req, res) => {
  await later(10);
  const first = session.get('user');
  const inner = await session.runAndReturn(async () => {
    session.set('user', 'inner');
    await later(2);
    return session.get('user');
  });
  process.nextTick(() => res.json({ first, inner, after: session.get('user'), path: httpContext.get('path') }));
});
app.get('/bound', (req, res) => {
  const bound = session.bind(() => session.get('user'));
  setTimeout(() => res.json({ user: bound(), active: session.active !== null }), 5);
});

app.listen(process.env.PORT || 3000);
