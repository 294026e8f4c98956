const fs = require('fs');
const express = require('express');

const app = express();
const handled = [];
process.on('uncaughtException', (err, origin) => handled.push(`${origin}: ${err.message}`));
process.on('unhandledRejection', (reason) => handled.push(`rejection: ${reason.message}`));
process.on('warning', (warning) => handled.push(`${warning.name}: ${warning.message}`));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
process.once('SIGUSR2', () => handled.push('SIGUSR2'));

app.get('/raise/:what', (req, res) => {
  const { what } = req.params;
  if (what === 'later') setTimeout(() => { throw new Error('later'); }, 1);
  if (what === 'rejection') Promise.reject(new Error('nobody cares'));
  if (what === 'warning') process.emitWarning('careful', 'CustomWarning');
  if (what === 'tick') process.nextTick(() => { throw new Error('tick'); });
  setTimeout(() => res.json([...new Set(handled)].filter((text) => text.includes(what === 'rejection' ? 'nobody' : what === 'warning' ? 'careful' : what))), 20);
});
app.get('/info', (req, res) => {
  res.json({
    title: typeof process.title,
    argv: process.argv.length,
    node: process.versions.node.split('.')[0],
    cwd: process.cwd() === fs.realpathSync('.'),
    uptime: process.uptime() > 0,
    memory: process.memoryUsage().heapUsed > 0,
    hrtime: typeof process.hrtime.bigint(),
    platform: process.platform,
    exitCode: process.exitCode ?? null,
    listeners: process.listenerCount('SIGTERM'),
    env: (process.env.NUMBER = 5, process.env.NUMBER),
    stdin: process.stdin.isTTY ?? false,
    kill: process.kill(process.pid, 0),
  });
});
app.get('/order', (req, res) => {
  const order = [];
  setTimeout(() => { order.push('timeout'); res.json(order); }, 30);
  setImmediate(() => order.push('immediate'));
  process.nextTick(() => order.push('tick'));
  Promise.resolve().then(() => order.push('promise'));
  queueMicrotask(() => order.push('microtask'));
  order.push('sync');
});
app.get('/long', (req, res) => {
  const timer = setTimeout(() => {}, 2 ** 31 - 1);
  res.json({ ref: timer.hasRef(), unref: timer.unref().hasRef(), primitive: typeof timer[Symbol.toPrimitive]() });
  clearTimeout(timer);
});

const server = app.listen(process.env.PORT || 3000);
