const http = require('node:http');
const { URL } = require('node:url');

const server = http.createServer((req, res) => {
  const url = new URL(req.url, `http://${req.headers.host}`);
  if (url.pathname === '/') {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    return res.end('Hello, World!\n');
  }
  if (url.pathname === '/echo' && req.method === 'POST') {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      res.writeHead(200, { 'Content-Type': req.headers['content-type'] ?? 'application/octet-stream', 'X-Length': body.length });
      res.end(body);
    });
    return;
  }
  if (url.pathname === '/request') {
    res.writeHead(200, { 'content-type': 'application/json' });
    return res.end(JSON.stringify({ method: req.method, url: req.url, version: req.httpVersion, query: Object.fromEntries(url.searchParams), raw: req.rawHeaders.length % 2, complete: req.complete, custom: req.headersDistinct['x-custom'] ?? null }));
  }
  if (url.pathname === '/early') {
    res.writeHead(103, { link: '</style.css>; rel=preload' });
    return res.end();
  }
  if (url.pathname === '/cookies') {
    res.setHeader('Set-Cookie', ['a=1', 'b=2; HttpOnly']);
    res.appendHeader('Set-Cookie', 'c=3');
    return res.end(JSON.stringify([res.getHeaderNames(), res.hasHeader('set-cookie'), res.headersSent]));
  }
  if (url.pathname === '/no-content') {
    res.statusCode = 204;
    return res.end();
  }
  if (url.pathname === '/bad-header') {
    try {
      res.setHeader('X-Bad', 'a\nb');
    } catch (err) {
      res.statusCode = 400;
      return res.end(err.code);
    }
  }
  res.writeHead(404).end(http.STATUS_CODES[404]);
});
server.keepAliveTimeout = 1000;
server.listen(3000, () => console.log(server.address()));
