import { createServer } from 'node:http';
import { once, EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { createReadStream } from 'node:fs';
import { randomUUID, createHmac, timingSafeEqual, scryptSync, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { promisify, parseArgs, styleText, inspect } from 'node:util';
import { gzip, brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import os from 'node:os';
import qs from 'node:querystring';

const { values } = parseArgs({ options: { port: { type: 'string', short: 'p', default: '3000' } } });
const bus = new EventEmitter();
const context = new AsyncLocalStorage();
const zip = promisify(gzip);
let visits = 0;

const routes = {
  '/visits': async () => ({ visits: ++visits > 0 }),
  '/sleep': async () => {
    const before = performance.now();
    await sleep(20);
    return { slept: performance.now() - before >= 15 };
  },
  '/context': async () => {
    await sleep(1);
    return { context: context.getStore() };
  },
  '/crypto': async () => {
    const mac = createHmac('sha256', 'key').update('data').digest();
    const key = scryptSync('password', 'salt', 32);
    const iv = Buffer.alloc(16, 1);
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const secret = cipher.update('hidden', 'utf8', 'base64') + cipher.final('base64');
    const decipher = createDecipheriv('aes-256-cbc', key, iv);
    return { mac: mac.toString('hex'), equal: timingSafeEqual(mac, mac), secret, plain: decipher.update(secret, 'base64', 'utf8') + decipher.final('utf8'), uuid: randomUUID().length, random: randomBytes(8).length };
  },
  '/zip': async () => ({ gzip: (await zip('x'.repeat(1000))).length < 100, brotli: brotliDecompressSync(brotliCompressSync('text')).toString() }),
  '/event': async () => {
    setImmediate(() => bus.emit('tick', 42));
    const [value] = await once(bus, 'tick');
    return { value };
  },
  '/system': async () => ({ platform: process.platform, cwd: process.cwd(), eol: os.EOL, argv: process.argv.slice(2), title: typeof process.title, node: process.versions.node.split('.')[0] }),
  '/format': async () => ({ inspect: inspect({ a: [1, { b: new Map([[1, 2]]) }] }, { depth: 4 }), style: styleText('red', 'x', { validateStream: false }), query: qs.parse('a=1&b=2&a=3') }),
};

const server = createServer((req, res) => {
  context.run({ url: req.url }, async () => {
    const { pathname } = new URL(req.url, 'http://localhost');
    if (pathname === '/source') {
      res.setHeader('content-type', 'text/javascript');
      return pipeline(createReadStream(new URL(import.meta.url)), res);
    }
    const route = routes[pathname];
    if (!route) return res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await route(req)));
  });
});
server.listen(Number(values.port));
await once(server, 'listening');
