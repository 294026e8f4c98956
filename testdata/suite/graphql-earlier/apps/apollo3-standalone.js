const { ApolloServer, gql, UserInputError, AuthenticationError } = require('apollo-server');

const typeDefs = gql`
  type Book {
    title: String
    author: String
  }
  type Query {
    books(author: String): [Book]
    secret: String
  }
  type Mutation {
    rename(title: String!, to: String!): Book
  }
`;
const books = [
  { title: 'The Awakening', author: 'Kate Chopin' },
  { title: 'City of Glass', author: 'Paul Auster' },
];
const resolvers = {
  Query: {
    books: (_, { author }) => books.filter((book) => !author || book.author === author),
    secret: () => {
      throw new AuthenticationError('log in first');
    },
  },
  Mutation: {
    rename: (_, { title, to }) => {
      const book = books.find((candidate) => candidate.title === title);
      if (!book) throw new UserInputError('no such book', { title });
      return { ...book, title: to };
    },
  },
};

const server = new ApolloServer({ typeDefs, resolvers, csrfPrevention: true, cache: 'bounded', debug: false });
server.listen({ port: process.env.PORT || 3000 });
