import Fastify from 'fastify';
import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import { makeExecutableSchema } from '@graphql-tools/schema';

const fastify = Fastify();
const schema = makeExecutableSchema({
  typeDefs: 'type Query { add(x: Float!, y: Float!): Float agent: String } interface Shape { area: Float } type Square implements Shape { area: Float side: Float } extend type Query { shape: Shape }',
  resolvers: {
    Query: { add: (_, { x, y }) => x + y, agent: (_, __, { agent }) => agent, shape: () => ({ side: 2 }) },
    Shape: { __resolveType: () => 'Square' },
    Square: { area: ({ side }) => side * side },
  },
});
const apollo = new ApolloServer({ schema, plugins: [fastifyApolloDrainPlugin(fastify)], introspection: true });
await apollo.start();
await fastify.register(fastifyApollo(apollo), { context: async (req) => ({ agent: req.headers['x-agent'] }) });
await fastify.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' });
