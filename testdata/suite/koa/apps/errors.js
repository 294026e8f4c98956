const Koa = require('koa');
const { Readable } = require('node:stream');

const app = new Koa();
app.silent = true;
const errors = [];
app.on('error', (err, ctx) => errors.push(`${ctx.path}: ${err.message}`));

app.use(async (ctx, next) => {
  ctx.set('X-Before', 'yes');
  await next();
});
app.use(async (ctx) => {
  switch (ctx.path) {
    case '/throw':
      throw new Error('secret details');
    case '/expose':
      ctx.throw(400, 'name required', { user: 'x' });
    // falls through
    case '/status':
      ctx.status = 418;
      return;
    case '/null':
      ctx.body = null;
      return;
    case '/stream-error': {
      ctx.body = new Readable({ read() { this.destroy(new Error('stream broke')); } });
      return;
    }
    case '/promise':
      await Promise.reject(Object.assign(new Error('conflict'), { status: 409, expose: true }));
      return;
    case '/raw':
      ctx.respond = false;
      ctx.res.statusCode = 202;
      ctx.res.end('raw');
      return;
    case '/errors':
      ctx.body = errors;
      return;
    case '/late':
      await new Promise((resolve) => setTimeout(resolve, 20));
      ctx.body = { late: true };
  }
});
app.listen(3000);
