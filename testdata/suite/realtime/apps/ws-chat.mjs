import { createServer } from 'node:http';
import { WebSocketServer, WebSocket, createWebSocketStream } from 'ws';

const server = createServer(async (req, res) => {
  if (req.url === '/room') return room(res);
  if (req.url === '/stream') return stream(res);
  res.end('chat');
});
const wss = new WebSocketServer({ server, path: '/ws', clientTracking: true, handleProtocols: (list) => [...list][0] });

wss.on('connection', (ws) => {
  ws.isAlive = true;
  ws.on('pong', () => (ws.isAlive = true));
  ws.on('message', (data, isBinary) => {
    for (const client of wss.clients) {
      if (client !== ws && client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    }
  });
});

const heartbeat = setInterval(() => {
  for (const ws of wss.clients) {
    if (!ws.isAlive) ws.terminate();
    ws.isAlive = false;
    ws.ping();
  }
}, 30000);
wss.on('close', () => clearInterval(heartbeat));

const url = `ws://${process.env.SELF ?? 'localhost:3000'}/ws`;
const opened = (ws) => new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));

async function room(res) {
  const people = [new WebSocket(url), new WebSocket(url, ['v2', 'v1']), new WebSocket(url)];
  const heard = people.map(() => []);
  people.forEach((ws, i) => ws.on('message', (data, isBinary) => heard[i].push(isBinary ? data.length : data.toString())));
  await Promise.all(people.map(opened));
  people[0].send('hi, I am 0');
  people[1].send(Buffer.alloc(70000));
  while (heard[0].length < 1 || heard[1].length < 1 || heard[2].length < 2) await new Promise((r) => setTimeout(r, 5));
  const protocol = people[1].protocol;
  const closed = people.map((ws) => new Promise((resolve) => ws.once('close', resolve)));
  for (const ws of people) ws.close(1000);
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ heard: heard.map((list) => list.sort()), protocol, closed: await Promise.all(closed) }));
}

async function stream(res) {
  const [a, b] = [new WebSocket(url), new WebSocket(url)];
  await Promise.all([opened(a), opened(b)]);
  const duplex = createWebSocketStream(a, { encoding: 'utf8' });
  duplex.once('data', (text) => {
    res.end(`streamed ${text}`);
    duplex.destroy();
    b.close();
  });
  b.send('some text');
}

server.listen(process.env.PORT || 3000);
