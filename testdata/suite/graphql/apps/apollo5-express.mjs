import http from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express4';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import cors from 'cors';
import DataLoader from 'dataloader';
import express from 'express';
import { DateTimeResolver, EmailAddressResolver } from 'graphql-scalars';

const typeDefs = `
  scalar DateTime
  scalar EmailAddress
  type User { id: Int! email: EmailAddress! friends: [User!]! }
  type Query { user(id: Int!): User at(when: DateTime!): String loads: Int! }
`;
const friends = { 1: [2, 3], 2: [1], 3: [] };
let batches = 0;

const resolvers = {
  DateTime: DateTimeResolver,
  EmailAddress: EmailAddressResolver,
  Query: {
    user: (_, { id }, { users }) => users.load(id),
    at: (_, { when }) => when.toISOString(),
    loads: () => (batches > 0 ? 1 : 0),
  },
  User: { friends: (user, _, { users }) => users.loadMany(friends[user.id]) },
};

const app = express();
const httpServer = http.createServer(app);
const server = new ApolloServer({ typeDefs, resolvers, plugins: [ApolloServerPluginDrainHttpServer({ httpServer })] });
await server.start();

app.use(
  '/graphql',
  cors(),
  express.json(),
  expressMiddleware(server, {
    context: async () => ({
      users: new DataLoader(async (ids) => {
        batches += 1;
        return ids.map((id) => (friends[id] ? { id, email: `u${id}@example.com` } : new Error(`no user ${id}`)));
      }),
    }),
  }),
);
app.get('/', (req, res) => res.send('graphql at /graphql'));

await new Promise((resolve) => httpServer.listen({ port: process.env.PORT || 3000 }, resolve));
