import Fastify from 'fastify';
import websocket from '@fastify/websocket';
import WebSocket from 'ws';

const fastify = Fastify();
await fastify.register(websocket, { options: { maxPayload: 1048576 } });

fastify.get('/', { websocket: false }, async () => ({ http: true }));

fastify.route({
  method: 'GET',
  url: '/both/:id',
  handler: async (req) => ({ plain: req.params.id }),
  wsHandler: (socket, req) => {
    socket.on('message', (message) => socket.send(`${req.params.id} ${req.headers['x-from'] ?? 'nobody'} ${message}`));
  },
});

fastify.get('/guarded', { websocket: true, preValidation: async (req, reply) => { if (!req.query.key) await reply.code(403).send('no key'); } }, (socket) => {
  socket.send('let in');
});

fastify.get('/ask', (req, reply) => {
  const ws = new WebSocket(`ws://${process.env.SELF ?? 'localhost:3000'}${req.query.path}`, { headers: { 'x-from': 'asker' } });
  ws.on('open', () => ws.send('question'));
  ws.on('message', (data) => {
    reply.send({ answer: data.toString() });
    ws.close();
  });
  ws.on('error', (err) => reply.code(424).send({ error: err.message }));
});

await fastify.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' });
