import { createServer } from 'node:http';
import { Piscina } from 'piscina';

const pool = new Piscina({ filename: new URL('../tasks/math.mjs', import.meta.url).href, maxThreads: 2 });

createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  const n = Number(url.searchParams.get('n'));
  try {
    if (url.pathname === '/many') {
      const results = await Promise.all([1, 2, 3, 4, 5].map((i) => pool.run({ a: i, b: n }, { name: 'multiply' })));
      return res.end(JSON.stringify(results));
    }
    if (url.pathname === '/abort') {
      const controller = new AbortController();
      const task = pool.run({ ms: 5000 }, { name: 'sleep', signal: controller.signal });
      setTimeout(() => controller.abort(), 30);
      await task;
    }
    res.end(JSON.stringify({ sum: await pool.run({ a: n, b: 2 }) }));
  } catch (err) {
    res.statusCode = 422;
    res.end(`${err.name}: ${err.message}`);
  }
}).listen(process.env.PORT ?? 3000);
