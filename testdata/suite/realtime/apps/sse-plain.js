const http = require('http');

const clients = new Set();
let id = 0;

http
  .createServer((req, res) => {
    const url = new URL(req.url, 'http://x');
    if (url.pathname === '/events') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
      const last = Number(req.headers['last-event-id'] || 0);
      let n = 0;
      res.write('retry: 1000\n\n');
      const timer = setInterval(() => {
        n += 1;
        res.write(`id: ${last + n}\nevent: tick\ndata: ${JSON.stringify({ n })}\n\n`);
        if (n === 3) {
          clearInterval(timer);
          res.end('event: done\ndata:\n\n');
        }
      }, 10);
      req.on('close', () => clearInterval(timer));
      return;
    }
    if (url.pathname === '/subscribe') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      clients.add(res);
      res.on('close', () => clients.delete(res));
      return;
    }
    if (url.pathname === '/publish') {
      for (const client of clients) client.end(`id: ${++id}\ndata: ${url.searchParams.get('text')}\n\n`);
      return res.end('ok');
    }
    res.end('GET /events');
  })
  .listen(process.env.PORT || 3000);
