module.exports = async (fastify) => {
  fastify.get('/', { schema: { response: { 200: { type: 'object', properties: { typed: { type: 'boolean' } } } } } }, async () => ({ typed: 'yes', more: 1 }));
};

module.exports.prefixOverride = '/typed';
