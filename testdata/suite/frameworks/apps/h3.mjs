import { createServer } from 'node:http';
import { createApp, createRouter, defineEventHandler, eventHandler, getQuery, getRouterParam, readBody, setCookie, getCookie, setResponseStatus, createError, sendRedirect, toNodeListener, getRequestHeader, setResponseHeader, useSession, sendStream, readFormData } from 'h3';
import { Readable } from 'node:stream';

const app = createApp({ onError: (error) => console.log(error.statusCode) });
const router = createRouter();
app.use(eventHandler((event) => setResponseHeader(event, 'x-h3', 'yes')));
router
  .get('/', eventHandler(() => 'Hello h3'))
  .get('/hello/:name', defineEventHandler((event) => ({ name: getRouterParam(event, 'name'), query: getQuery(event), agent: getRequestHeader(event, 'user-agent') })))
  .post('/echo', defineEventHandler(async (event) => {
    setResponseStatus(event, 201, 'Made');
    return { body: await readBody(event) };
  }))
  .post('/form', defineEventHandler(async (event) => Object.fromEntries(await readFormData(event))))
  .get('/cookie', defineEventHandler((event) => {
    const before = getCookie(event, 'c') ?? null;
    setCookie(event, 'c', '1', { maxAge: 60 });
    return { before };
  }))
  .get('/session', defineEventHandler(async (event) => {
    const session = await useSession(event, { password: '80d42cfb-1cd2-462c-8f17-e3237d9027e9' });
    await session.update({ count: (session.data.count ?? 0) + 1 });
    return session.data;
  }))
  .get('/error', defineEventHandler(() => {
    throw createError({ statusCode: 400, statusMessage: 'Bad', data: { field: 'x' } });
  }))
  .get('/redirect', defineEventHandler((event) => sendRedirect(event, '/', 302)))
  .get('/stream', defineEventHandler((event) => sendStream(event, Readable.from(['a', 'b', 'c']))))
  .get('/empty', defineEventHandler(() => null));
app.use(router);
createServer(toNodeListener(app)).listen(process.env.PORT || 3000);
