import { createServer } from 'node:http';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const requests = new AsyncLocalStorage();
const entered = new AsyncLocalStorage();
const bus = new EventEmitter();
bus.on('ask', (answer) => answer(requests.getStore()?.id));

createServer((req, res) => {
  const id = req.headers['x-request-id'] ?? 'none';
  entered.enterWith({ id });
  requests.run({ id, trail: [] }, async () => {
    const note = (text) => requests.getStore().trail.push(`${text}:${entered.getStore().id}`);
    note('start');
    await sleep(Number(req.headers['x-wait'] ?? 5));
    note('after sleep');
    await Promise.all([1, 2].map(async (n) => { await sleep(n); note(`parallel ${n}`); }));
    await new Promise((resolve) => setImmediate(resolve));
    process.nextTick(() => note('tick'));
    await new Promise((resolve) => bus.emit('ask', (answer) => { note(`bus ${answer}`); resolve(); }));
    const inner = requests.run({ id: 'inner', trail: [] }, () => requests.getStore().id);
    const outside = requests.exit(() => requests.getStore());
    const bound = AsyncResource.bind(() => requests.getStore().id);
    const fromOutside = requests.run({ id: 'other' }, () => bound());
    await sleep(1);
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ trail: requests.getStore().trail, inner, outside: outside ?? null, fromOutside, entered: entered.getStore() }));
  });
}).listen(process.env.PORT ?? 3000);
