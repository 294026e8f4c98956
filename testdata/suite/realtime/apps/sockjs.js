const http = require('http');
const sockjs = require('sockjs');
const SockJS = require('sockjs-client');

const echo = sockjs.createServer({ sockjs_url: 'https://cdn.example/sockjs.js', log() {} });
echo.on('connection', (conn) => {
  conn.on('data', (message) => (message === 'close' ? conn.close(4000, 'enough') : conn.write(`echo ${message}`)));
});

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname.startsWith('/echo')) return;
  if (url.pathname !== '/talk') {
    res.statusCode = 404;
    return res.end('no');
  }
  const log = [];
  const sock = new SockJS(`http://${process.env.SELF || 'localhost:3000'}/echo`, null, { transports: [url.searchParams.get('transport')] });
  sock.onopen = () => {
    log.push(`open ${sock.transport}`);
    sock.send('one');
    sock.send('two');
  };
  sock.onmessage = (e) => {
    log.push(e.data);
    if (log.length === 3) sock.send('close');
  };
  sock.onclose = (e) => {
    log.push(`close ${e.code} ${e.reason}`);
    res.end(JSON.stringify(log));
  };
});
echo.installHandlers(server, { prefix: '/echo' });

server.listen(process.env.PORT || 3000);
