const Koa = require('koa');
const compress = require('koa-compress');
const conditional = require('koa-conditional-get');
const cors = require('@koa/cors');
const etag = require('koa-etag');
const helmet = require('koa-helmet');
const logger = require('koa-logger');
const mount = require('koa-mount');
const responseTime = require('koa-response-time');

const app = new Koa({ proxy: true });
app.use(responseTime({ hrtime: true }));
app.use(logger());
app.use(helmet());
app.use(cors({ origin: (ctx) => (ctx.get('origin').endsWith('.example') ? ctx.get('origin') : ''), credentials: true }));
app.use(compress({ threshold: 50 }));
app.use(conditional());
app.use(etag());

const sub = new Koa();
sub.use((ctx) => {
  ctx.body = { path: ctx.path, mounted: ctx.mountPath, ip: ctx.ip, protocol: ctx.protocol };
});
app.use(mount('/sub', sub));
app.use(async (ctx, next) => {
  if (ctx.path === '/text') ctx.body = 'some text that is long enough to be compressed, some text that is long enough';
  else await next();
});
app.use((ctx) => {
  if (ctx.path === '/json') ctx.body = { accepts: ctx.accepts('json', 'html'), query: ctx.query, host: ctx.host, fresh: ctx.fresh };
});
app.on('error', (err) => console.error('app error', err.message));
app.listen(3000);
