const http = require('node:http');
const net = require('node:net');

const metrics = { requests: 0 };
http.createServer((req, res) => res.end(`requests_total ${metrics.requests > 0}\n`)).listen(9100);

const echo = net.createServer((socket) => {
  socket.write('hello\n');
  socket.on('data', (data) => socket.end(`you said ${data}`));
});
echo.listen(7000);

http
  .createServer((req, res) => {
    metrics.requests++;
    if (req.url === '/tcp') {
      const socket = net.connect(7000, 'localhost', () => socket.write('hi'));
      let text = '';
      socket.on('data', (data) => (text += data));
      socket.on('end', () => res.end(text));
      return;
    }
    if (req.url === '/metrics') {
      return http.get('http://127.0.0.1:9100/', (inner) => inner.pipe(res));
    }
    res.end('main');
  })
  .listen(3000);
