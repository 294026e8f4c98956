import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import Router from '@koa/router';
import { randomBytes } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';

import { redis } from './lib/redis.js';
import { limiter } from './lib/limiter.js';

const journal = path.join(process.env.DATA_DIR ?? 'data', 'journal.log');
const app = new Koa();
const router = new Router();

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    ctx.status = error.status ?? 500;
    ctx.body = { error: ctx.status === 500 ? 'internal error' : error.message };
    if (ctx.status === 500) console.error(error);
  }
});
app.use(bodyParser());

router.get('/', (ctx) => {
  ctx.body = { service: 'links', url: process.env.PUBLIC_URL };
});

router.post('/links', limiter({ window: 60_000, most: 20 }), async (ctx) => {
  const { url, slug = randomBytes(4).toString('hex') } = ctx.request.body;
  if (!URL.canParse(url)) ctx.throw(422, 'url is no URL');
  const created = await redis.hSetNX('links', slug, url);
  if (!created) ctx.throw(409, `${slug} is taken`);
  await redis.lPush('queue:check', slug);
  await appendFile(journal, `${slug} ${url}\n`);
  ctx.status = 201;
  ctx.set('Location', `/${slug}`);
  ctx.body = { slug, url };
});

router.get('/links', async (ctx) => {
  const links = await redis.hGetAll('links');
  const hits = await redis.zRangeWithScores('hits', 0, -1, { REV: true });
  ctx.body = {
    links: Object.entries(links).map(([slug, url]) => ({ slug, url })).sort((a, b) => (a.slug < b.slug ? -1 : 1)),
    hits: hits.map(({ value, score }) => [value, score]),
  };
});

router.get('/links/:slug/status', async (ctx) => {
  ctx.body = { slug: ctx.params.slug, status: (await redis.get(`status:${ctx.params.slug}`)) ?? 'waiting' };
});

router.get('/links/:slug/preview', async (ctx) => {
  const url = await redis.hGet('links', ctx.params.slug);
  if (!url) ctx.throw(404, 'no such link');
  const response = await fetch(`${process.env.PREVIEW_URL}/render?title=${encodeURIComponent(ctx.params.slug)}&url=${encodeURIComponent(url)}`);
  ctx.type = response.headers.get('content-type');
  ctx.body = await response.text();
});

router.get('/journal', async (ctx) => {
  ctx.type = 'text/plain';
  ctx.body = await readFile(journal, 'utf8').catch(() => '');
});

router.get('/:slug', async (ctx) => {
  const url = await redis.hGet('links', ctx.params.slug);
  if (!url) ctx.throw(404, 'no such link');
  await redis.zIncrBy('hits', 1, ctx.params.slug);
  ctx.redirect(url);
});

app.use(router.routes()).use(router.allowedMethods());

await redis.connect();
app.listen(4000);
console.log('links-api on 4000');
