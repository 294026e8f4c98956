import { createServer } from 'node:http';
import { GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, printSchema } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      hello: { type: GraphQLString, resolve: () => 'world' },
      range: {
        type: new GraphQLNonNull(new GraphQLList(GraphQLInt)),
        args: { to: { type: GraphQLInt, defaultValue: 3 } },
        resolve: (_, { to }) => Array.from({ length: to }, (_, i) => i),
      },
    },
  }),
});
const handler = createHandler({ schema });

createServer((req, res) => {
  if (req.url.startsWith('/graphql')) handler(req, res);
  else if (req.url === '/schema') res.end(printSchema(schema));
  else res.writeHead(404).end();
}).listen(process.env.PORT || 3000);
