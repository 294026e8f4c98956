export default async function orders(fastify) {
  fastify.get('/', async (request) => ({ orders: [], of: request.params.id }));
}

export const autoPrefix = '/orders';
