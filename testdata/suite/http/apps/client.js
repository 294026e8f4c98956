const http = require('node:http');
const { URLSearchParams } = require('node:url');

const agent = new http.Agent({ keepAlive: true, maxSockets: 5 });

function request(options, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ hostname: 'plain', port: 3000, agent, ...options }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk) => (text += chunk));
      res.on('end', () => resolve({ status: res.statusCode, type: res.headers['content-type'] ?? null, cookies: res.headers['set-cookie'] ?? null, text }));
    });
    req.setTimeout(5000, () => req.destroy(new Error('timeout')));
    req.on('error', reject);
    req.end(body);
  });
}

const routes = {
  '/get': () => request({ path: '/' }),
  '/post': () => request({ path: '/echo', method: 'POST', headers: { 'content-type': 'text/plain' } }, 'from the client'),
  '/cookies': () => request({ path: '/cookies' }),
  '/missing': () => request({ path: '/none' }),
  '/fetch': async () => {
    const response = await fetch('http://plain:3000/echo', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
    return { status: response.status, text: await response.text() };
  },
  '/many': async () => (await Promise.all(Array.from({ length: 10 }, (_, i) => request({ path: `/request?i=${i}` })))).map((r) => JSON.parse(r.text).query.i),
  '/refused': () => request({ port: 4000, path: '/' }).catch((err) => ({ code: err.code })),
  '/unknown': () => request({ hostname: 'nobody', path: '/' }).catch((err) => ({ code: err.code })),
  '/self': () => new Promise((resolve) => http.get('http://localhost:3000/get', (res) => { res.resume(); res.on('end', () => resolve({ self: res.statusCode })); })),
};

http
  .createServer(async (req, res) => {
    const route = routes[req.url];
    if (!route) return res.writeHead(404).end();
    try {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify(await route()));
    } catch (err) {
      res.writeHead(500).end(err.message);
    }
  })
  .listen(3000);
