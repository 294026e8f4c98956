const express = require('express');
const { ApolloServer, gql } = require('apollo-server-express');

async function start() {
  const app = express();
  const server = new ApolloServer({
    typeDefs: gql('type Query { hello(n: Int = 2): [String!]! ip: Boolean }'),
    resolvers: { Query: { hello: (_, { n }) => Array(n).fill('hi'), ip: (_, __, { ip }) => typeof ip === 'string' } },
    context: ({ req }) => ({ ip: req.ip }),
    cache: 'bounded',
  });
  await server.start();
  server.applyMiddleware({ app, path: '/api' });
  app.get('/', (req, res) => res.json({ graphql: server.graphqlPath }));
  app.listen(process.env.PORT || 3000);
}

start();
