module.exports = async (fastify) => {
  fastify.get('/', async (request) => ({ id: request.params.id, hooked: request.hooked }));
};
