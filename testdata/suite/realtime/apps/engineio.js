const http = require('http');
const { attach } = require('engine.io');
const { Socket } = require('engine.io-client');

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname !== '/talk') return res.writeHead(404).end('nothing');
  const log = [];
  const socket = new Socket(`http://${process.env.SELF || 'localhost:3000'}`, { transports: url.searchParams.getAll('transport') });
  socket.on('open', () => log.push(`open ${socket.transport.name}`));
  socket.on('upgrade', (transport) => log.push(`upgrade ${transport.name}`));
  socket.on('message', (data) => {
    log.push(typeof data === 'string' ? data : Buffer.from(data).toString('hex'));
    if (data === 'utf 8 string ✓') socket.send(Buffer.from([1, 2, 3]));
    else setTimeout(() => socket.close(), 100);
  });
  socket.on('close', (reason) => res.end(JSON.stringify([...log, reason])));
});

const engine = attach(server, { pingInterval: 2000 });
engine.on('connection', (socket) => {
  socket.send('utf 8 string ✓');
  socket.on('message', (data) => socket.send(data));
});

server.listen(process.env.PORT || 3000);
