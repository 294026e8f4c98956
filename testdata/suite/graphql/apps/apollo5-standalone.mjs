import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError } from 'graphql';

const typeDefs = `#graphql
  enum Genre { FICTION SCIENCE }
  type Book { id: ID! title: String! genre: Genre author: Author! }
  type Author { name: String! books: [Book!]! }
  input NewBook { title: String! author: String!, genre: Genre = FICTION }
  type Query { books(genre: Genre): [Book!]! book(id: ID!): Book me: String }
  type Mutation { addBook(book: NewBook!): Book! }
`;

const books = [
  { id: '1', title: 'The Awakening', author: 'Kate Chopin', genre: 'FICTION' },
  { id: '2', title: 'Cosmos', author: 'Carl Sagan', genre: 'SCIENCE' },
];

const resolvers = {
  Query: {
    books: (_, { genre }) => books.filter((book) => !genre || book.genre === genre),
    book: (_, { id }) => books.find((book) => book.id === id),
    me: (_, __, { user }) => {
      if (!user) throw new GraphQLError('who are you?', { extensions: { code: 'UNAUTHENTICATED' } });
      return user;
    },
  },
  Mutation: {
    addBook: (_, { book }) => {
      const added = { id: String(books.length + 1), ...book };
      books.push(added);
      return added;
    },
  },
  Book: { author: (book) => ({ name: book.author }) },
  Author: { books: (author) => books.filter((book) => book.author === author.name) },
};

const server = new ApolloServer({ typeDefs, resolvers, includeStacktraceInErrorResponses: false, csrfPrevention: true });
await startStandaloneServer(server, {
  listen: { port: Number(process.env.PORT ?? 3000) },
  context: async ({ req }) => ({ user: req.headers.authorization?.replace('Bearer ', '') }),
});
