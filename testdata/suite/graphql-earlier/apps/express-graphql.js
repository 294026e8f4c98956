const express = require('express');
const { graphqlHTTP } = require('express-graphql');
const { buildSchema } = require('graphql');

const schema = buildSchema(`
  type RandomDie { numSides: Int! rolls(numRolls: Int!): [Int] }
  type Query { hello: String, die(numSides: Int): RandomDie }
`);

class RandomDie {
  constructor(numSides) {
    this.numSides = numSides;
  }

  rolls({ numRolls }) {
    return Array.from({ length: numRolls }, (_, i) => 1 + (i % this.numSides));
  }
}

const app = express();
app.use(
  '/graphql',
  graphqlHTTP((req) => ({
    schema,
    rootValue: { hello: () => `Hello from ${req.method}`, die: ({ numSides }) => new RandomDie(numSides || 6) },
    pretty: true,
    graphiql: true,
    customFormatErrorFn: (err) => ({ message: err.message, at: err.locations }),
  })),
);

app.listen(process.env.PORT || 3000);
