import Fastify from 'fastify';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';

const app = Fastify();
await app.register(swagger, {
  openapi: { info: { title: 'Pets', version: '1.0.0' }, tags: [{ name: 'pet' }] },
});
await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'full' } });

app.get(
  '/pets/:id',
  {
    schema: {
      tags: ['pet'],
      params: { type: 'object', properties: { id: { type: 'integer', description: 'the id' } }, required: ['id'] },
      response: { 200: { type: 'object', description: 'a pet', properties: { id: { type: 'integer' }, name: { type: 'string' } } } },
    },
  },
  async ({ params }) => ({ id: params.id, name: 'Rex', hidden: true }),
);

await app.ready();
await app.listen({ port: 3000, host: '0.0.0.0' });
