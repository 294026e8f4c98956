import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { deleteCookie, getCookie, setCookie, setSignedCookie, getSignedCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { HTTPException } from 'hono/http-exception';
import { logger } from 'hono/logger';
import { stream, streamSSE, streamText } from 'hono/streaming';
import { validator } from 'hono/validator';
import { sign, verify } from 'hono/jwt';

const app = new Hono();
app.use(logger());
app.use('/api/*', cors({ origin: 'http://one.example' }));
app.use('/static/*', serveStatic({ root: './public', rewriteRequestPath: (path) => path.replace(/^\/static/, '') }));
app.get('/', (c) => c.text('Hello Node.js!'));
app.get('/api/users/:id{[0-9]+}', etag(), (c) => c.json({ id: c.req.param('id'), query: c.req.query('q') ?? null }));
app.post('/api/users', validator('json', (value, c) => (value.name ? { name: value.name } : c.text('Invalid!', 400))), (c) => c.json(c.req.valid('json'), 201));
app.post('/form', async (c) => {
  const body = await c.req.parseBody();
  const file = body.file;
  return c.json({ title: body.title, file: file instanceof File ? { name: file.name, size: file.size, text: await file.text() } : null });
});
app.use('/admin/*', basicAuth({ username: 'hono', password: 'acoolproject' }));
app.get('/admin/page', (c) => c.html('<h1>admin</h1>'));
app.get('/token', bearerAuth({ token: 'honoiscool' }), (c) => c.text('authorized'));
app.get('/cookie', async (c) => {
  const before = getCookie(c, 'seen') ?? null;
  setCookie(c, 'seen', 'yes', { path: '/', httpOnly: true });
  await setSignedCookie(c, 'signed', 'value', 'secret');
  deleteCookie(c, 'old');
  return c.json({ before, signed: (await getSignedCookie(c, 'secret', 'signed')) ?? null });
});
app.get('/jwt', async (c) => c.json(await verify(await sign({ sub: 'ann' }, 'secret', 'HS256'), 'secret', 'HS256')));
app.get('/text', (c) => streamText(c, async (out) => {
  for (let i = 0; i < 3; i++) {
    await out.writeln(`line ${i}`);
    await out.sleep(2);
  }
}));
app.get('/bytes', (c) => stream(c, async (out) => {
  await out.write(new Uint8Array([72, 105]));
}));
app.get('/sse', (c) => streamSSE(c, async (out) => {
  for (let id = 0; id < 3; id++) await out.writeSSE({ data: `message ${id}`, event: 'tick', id: String(id) });
}));
app.get('/redirect', (c) => c.redirect('/', 307));
app.get('/throw', () => {
  throw new HTTPException(418, { message: 'teapot' });
});
app.get('/crash', () => {
  throw new Error('crash');
});
app.onError((err, c) => (err instanceof HTTPException ? err.getResponse() : c.json({ error: err.message }, 500)));
app.notFound((c) => c.text('custom 404', 404));
app.route('/sub', new Hono().get('/x', (c) => c.text(c.req.path)));

serve({ fetch: app.fetch, port: 3000 }, (info) => console.log(`listening on ${info.port}`));
