import { createServer } from 'node:http';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';

const pubSub = createPubSub();
const yoga = createYoga({
  schema: createSchema({
    typeDefs: `
      type Query { hello(name: String): String fails: String }
      type Mutation { publish(text: String!): Boolean }
      type Subscription { countdown(from: Int!): Int! messages: String }
    `,
    resolvers: {
      Query: {
        hello: (_, { name }) => `Hello ${name ?? 'Yoga'}`,
        fails: () => {
          throw new Error('masked');
        },
      },
      Mutation: { publish: (_, { text }) => (pubSub.publish('messages', text), true) },
      Subscription: {
        countdown: {
          subscribe: async function* (_, { from }) {
            for (let i = from; i >= 0; i--) {
              await new Promise((resolve) => setTimeout(resolve, 5));
              yield { countdown: i };
            }
          },
        },
        messages: { subscribe: () => pubSub.subscribe('messages'), resolve: (text) => text },
      },
    },
  }),
  graphiql: false,
  logging: false,
});

createServer(yoga).listen(process.env.PORT || 3000);
