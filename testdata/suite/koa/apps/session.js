const Koa = require('koa');
const session = require('koa-session').default ?? require('koa-session');

const app = new Koa();
app.keys = ['some secret hurr'];
const store = new Map();
app.use(
  session(
    {
      key: 'koa.sess',
      maxAge: 86400000,
      store: {
        get: async (key) => store.get(key),
        set: async (key, value) => void store.set(key, value),
        destroy: async (key) => void store.delete(key),
      },
    },
    app,
  ),
);
app.use(async (ctx) => {
  if (ctx.path === '/favicon.ico') return;
  if (ctx.path === '/end') {
    ctx.session = null;
    ctx.body = 'ended';
    return;
  }
  let n = ctx.session.views || 0;
  ctx.session.views = ++n;
  ctx.cookies.set('last', ctx.path, { signed: true, httpOnly: false });
  ctx.body = { views: n, isNew: ctx.session.isNew, last: ctx.cookies.get('last', { signed: true }) ?? null };
});
app.listen(3000);
