const Koa = require('koa');
const Router = require('koa-router');
const bodyParser = require('koa-bodyparser');
const json = require('koa-json');
const convert = require('koa-convert');

const app = new Koa();
const router = new Router();
const notes = [];

app.use(json({ pretty: false, param: 'pretty' }));
app.use(bodyParser({ jsonLimit: '1kb' }));
app.use(
  convert(function* (next) {
    yield next;
    this.set('X-Generator', 'yes');
  }),
);
router.get('/notes', async (ctx) => {
  ctx.body = notes;
});
router.post('/notes', async (ctx) => {
  notes.push(ctx.request.body);
  ctx.status = 201;
  ctx.body = { count: notes.length };
});
router.all('/wild/(.*)', (ctx) => {
  ctx.body = ctx.params[0];
});
app.use(router.routes());
app.use(router.allowedMethods());
app.on('error', () => {});
app.listen(process.env.PORT || 3000);
