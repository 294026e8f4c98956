module.exports = async (fastify) => {
  fastify.get('/', async (request) => ({ users: ['ann'], hooked: request.hooked }));
};
