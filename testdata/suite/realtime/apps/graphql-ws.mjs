import { createServer } from 'node:http';
import { buildSchema, parse, validate } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';

const schema = buildSchema('type Query { hello: String } type Subscription { greetings(n: Int!): String }');
const roots = {
  query: { hello: () => 'Hello World!' },
  subscription: {
    greetings: async function* ({ n }) {
      for (let i = 0; i < n; i++) yield { greetings: `Hi ${i}` };
    },
  },
};

const server = createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname !== '/run') return res.writeHead(404).end();
  const client = createClient({
    url: `ws://${process.env.SELF ?? 'localhost:3000'}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { token: url.searchParams.get('token') },
  });
  const results = [];
  try {
    for await (const result of client.iterate({ query: url.searchParams.get('query') })) results.push(result);
  } catch (err) {
    results.push({ failed: Array.isArray(err) ? err[0].message : `${err.code} ${err.reason}` });
  }
  await client.dispose();
  res.end(JSON.stringify(results));
});

useServer(
  { schema, roots, onConnect: ({ connectionParams }) => connectionParams?.token !== 'bad' },
  new WebSocketServer({ server, path: '/graphql' }),
);
validate(schema, parse('{ hello }'));

server.listen(process.env.PORT ?? 3000);
