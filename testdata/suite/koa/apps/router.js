const Koa = require('koa');
const Router = require('@koa/router');
const { bodyParser } = require('@koa/bodyparser');

const app = new Koa();
const router = new Router({ prefix: '/posts' });
const posts = new Map([[1, { id: 1, title: 'first' }]]);

router.param('id', (id, ctx, next) => {
  ctx.post = posts.get(Number(id));
  if (!ctx.post) ctx.throw(404, 'no such post');
  return next();
});
router
  .get('list', '/', (ctx) => {
    ctx.body = [...posts.values()];
  })
  .post('/', (ctx) => {
    const { title } = ctx.request.body ?? {};
    ctx.assert(title, 422, 'title is missing');
    const post = { id: posts.size + 1, title };
    posts.set(post.id, post);
    ctx.status = 201;
    ctx.set('Location', router.url('one', { id: post.id }));
    ctx.body = post;
  })
  .get('one', '/:id', (ctx) => {
    ctx.body = ctx.post;
  })
  .del('/:id', (ctx) => {
    posts.delete(ctx.post.id);
    ctx.status = 204;
  });
router.get('/old/:id', (ctx) => ctx.redirect(`/posts/${ctx.params.id}`));

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (err) {
    ctx.status = err.status || 500;
    ctx.body = { error: err.message };
  }
});
app.use(bodyParser());
app.use(router.routes()).use(router.allowedMethods());
app.listen(3000);
