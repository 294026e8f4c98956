const Fastify = require('fastify');
const mercurius = require('mercurius');

const app = Fastify();
app.register(mercurius, {
  schema: `
    type Dog { name: String! owner: String }
    type Query { add(x: Int, y: Int): Int dogs: [Dog] }
    type Mutation { rename(from: String!, to: String!): Dog }
  `,
  resolvers: {
    Query: { add: async (_, { x, y }) => x + y, dogs: () => [{ name: 'Max' }, { name: 'Charlie' }] },
    Mutation: { rename: (_, { to }) => ({ name: to }) },
  },
  loaders: { Dog: { owner: async (queries) => queries.map(({ obj }) => `owner of ${obj.name}`) } },
  jit: 0,
});

app.get('/', async (req, reply) => reply.graphql('{ add(x: 2, y: 2) }'));

app.listen({ port: Number(process.env.PORT) || 3000, host: '0.0.0.0' });
