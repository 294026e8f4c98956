const fastify = require('fastify')({ logger: true, ajv: { customOptions: { allErrors: true, removeAdditional: 'all' } } });

const items = new Map();
fastify.addSchema({
  $id: 'item',
  type: 'object',
  required: ['name'],
  properties: {
    id: { type: 'integer' },
    name: { type: 'string', minLength: 2 },
    price: { type: 'number', minimum: 0, default: 1 },
    tags: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, uniqueItems: true },
    email: { type: 'string', format: 'email' },
  },
});

fastify.post('/items', {
  schema: { body: { $ref: 'item#' }, response: { 201: { $ref: 'item#' } } },
  handler: async (request, reply) => {
    const item = { id: items.size + 1, ...request.body, secret: 'never sent' };
    items.set(item.id, item);
    return reply.code(201).send(item);
  },
});
fastify.get('/items/:id', {
  schema: {
    params: { type: 'object', properties: { id: { type: 'integer' } } },
    querystring: { type: 'object', properties: { fields: { type: 'array', items: { type: 'string' } } } },
    response: { '2xx': { $ref: 'item#' }, 404: { type: 'object', properties: { error: { type: 'string' } } } },
  },
  handler: async (request, reply) => {
    const item = items.get(request.params.id);
    if (!item) return reply.code(404).send({ error: `no item ${request.params.id}`, more: 'left out' });
    return item;
  },
});
fastify.get('/headers', {
  schema: { headers: { type: 'object', required: ['x-key'], properties: { 'x-key': { type: 'string', pattern: '^k-' } } } },
  handler: async (request) => ({ key: request.headers['x-key'] }),
});

fastify.listen({ port: 3000, host: '0.0.0.0' }, (err) => {
  if (err) throw err;
});
