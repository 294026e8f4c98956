const http = require('http');
const { server: WebSocketServer, client: WebSocketClient } = require('websocket');

const server = http.createServer((req, res) => {
  if (req.url.startsWith('/ask')) return ask(new URL(req.url, 'http://x').searchParams, res);
  res.writeHead(404);
  res.end();
});

const wsServer = new WebSocketServer({ httpServer: server, autoAcceptConnections: false });
wsServer.on('request', (request) => {
  if (request.origin === 'http://evil.example') return request.reject(403, 'go away');
  const connection = request.accept('echo-protocol', request.origin);
  connection.on('message', (message) => {
    if (message.type === 'utf8') connection.sendUTF(`got ${message.utf8Data}`);
    else if (message.type === 'binary') connection.sendBytes(Buffer.from(message.binaryData).reverse());
  });
});

function ask(params, res) {
  const client = new WebSocketClient();
  const log = [];
  client.on('connectFailed', (err) => res.end(`failed: ${err.toString().split('\n')[0]}`));
  client.on('connect', (connection) => {
    log.push(`connected ${connection.protocol}`);
    connection.on('message', (message) => {
      log.push(message.type === 'utf8' ? message.utf8Data : message.binaryData.toString('hex'));
      if (log.length === 3) connection.close();
    });
    connection.on('close', (code, text) => res.end(JSON.stringify([...log, code, text])));
    connection.sendUTF('hello');
    connection.sendBytes(Buffer.from('c0ffee', 'hex'));
  });
  client.connect(`ws://${process.env.SELF || 'localhost:3000'}/`, 'echo-protocol', params.get('origin') || 'http://good.example');
}

server.listen(process.env.PORT || 3000);
