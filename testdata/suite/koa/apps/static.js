const path = require('node:path');
const Koa = require('koa');
const send = require('koa-send');
const serve = require('koa-static');

const app = new Koa();
app.use(serve(path.join(__dirname, '../public'), { maxage: 60000, extensions: ['html'] }));
app.use(async (ctx) => {
  if (ctx.path.startsWith('/data/')) return send(ctx, ctx.path.slice(6), { root: path.resolve('public/data') });
  if (ctx.path === '/stream') {
    ctx.type = 'css';
    ctx.body = require('node:fs').createReadStream('public/site.css');
    return;
  }
  if (ctx.path === '/attachment') {
    ctx.attachment('report.csv');
    ctx.body = Buffer.from('a,b\n1,2\n');
  }
});
app.listen(3000);
