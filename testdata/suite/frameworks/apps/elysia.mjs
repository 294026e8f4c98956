import { Elysia, t } from 'elysia';
import { node } from '@elysiajs/node';

new Elysia({ adapter: node() })
  .get('/', () => 'Hello Elysia')
  .get('/id/:id', ({ params: { id } }) => ({ id }), { params: t.Object({ id: t.Numeric() }) })
  .post('/json', ({ body, set }) => {
    set.status = 201;
    return body;
  }, { body: t.Object({ name: t.String() }) })
  .get('/cookie', ({ cookie: { visit } }) => {
    visit.value = String(Number(visit.value ?? 0) + 1);
    return visit.value;
  })
  .onError(({ code, status }) => (code === 'NOT_FOUND' ? status(404, 'nothing') : status(422, code)))
  .listen(3000);
