const http = require('http');
const WebSocket = require('ws7');

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://localhost');
  if (url.pathname === '/talk') return talk(url.searchParams, res);
  if (url.pathname === '/clients') return res.end(String(wss.clients.size));
  res.writeHead(426, { 'Content-Type': 'text/plain' }).end('use a WebSocket');
});
const wss = new WebSocket.Server({ noServer: true, maxPayload: 100000 });

server.on('upgrade', (req, socket, head) => {
  const url = new URL(req.url, 'http://localhost');
  if (url.searchParams.get('token') === 'wrong') {
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
});

wss.on('connection', (ws, req) => {
  ws.on('message', (data) => {
    const text = data.toString();
    if (text === 'bye') ws.close(4001, 'as you wish');
    else if (text === 'binary') ws.send(Buffer.from([0, 1, 2, 255]));
    else if (text === 'all') for (const client of wss.clients) client.send('to everybody');
    else ws.send(`echo ${text.length > 100 ? text.length : text} on ${req.url}`);
  });
  ws.on('error', () => {});
  ws.send('welcome');
});

/** What a client of this server sees. */
function talk(params, res) {
  const log = [];
  const ws = new WebSocket(`ws://${process.env.SELF || 'localhost:3000'}/chat?token=${params.get('token') || 'right'}`);
  const messages = params.getAll('say');
  const next = () => ws.send(messages.length ? messages.shift() : 'bye');
  ws.on('open', () => log.push('open'));
  ws.on('message', (data) => {
    log.push(data.length === 4 ? `binary ${Buffer.from(data).toString('hex')}` : data.toString());
    if (params.has('ping') && log.length === 2) ws.ping('are you there');
    else next();
  });
  ws.on('pong', (data) => {
    log.push(`pong ${data}`);
    next();
  });
  ws.on('unexpected-response', (req, response) => {
    log.push(`refused ${response.statusCode}`);
    res.end(JSON.stringify(log));
    response.resume();
  });
  ws.on('error', (err) => log.push(`error ${err.message}`));
  ws.on('close', (code, reason) => {
    log.push(`close ${code} ${reason}`);
    if (!res.writableEnded) res.end(JSON.stringify(log));
  });
}

server.listen(process.env.PORT || 3000);
