import Koa from 'koa';
import Router from '@koa/router';
import { bodyParser } from '@koa/bodyparser';
import views from '@ladjs/koa-views';
import { fileURLToPath } from 'node:url';

const app = new Koa();
const router = new Router();
app.use(views(fileURLToPath(new URL('../views', import.meta.url)), { map: { html: 'ejs' }, extension: 'ejs' }));
app.use(bodyParser({ enableTypes: ['json', 'form', 'text'] }));

router.get('/', async (ctx) => {
  await ctx.render('index', { title: 'Koa', items: ['<one>', 'two'] });
});
router.post('/echo', (ctx) => {
  ctx.body = { body: ctx.request.body, raw: ctx.request.rawBody };
});
router.get('/broken', async (ctx) => {
  await ctx.render('broken', {});
});
app.use(router.routes());
app.on('error', () => {});
app.listen(process.env.PORT ?? 3000);
