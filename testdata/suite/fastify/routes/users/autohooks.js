module.exports = async (fastify) => {
  fastify.addHook('onRequest', async (request) => {
    request.hooked = 'users';
  });
};
