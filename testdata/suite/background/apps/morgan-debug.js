const express = require('express');
const morgan = require('morgan');
const debug = require('debug');
const loglevel = require('loglevel');

const app = express();
const lines = [];
const stream = { write: (line) => lines.push(line.trim()) };
morgan.token('id', (req) => req.headers['x-id'] || 'none');
app.use(morgan('dev', { stream: { write: (line) => process.stdout.write(line) } }));
app.use(morgan(':id :method :url :status :res[content-length]', { stream, skip: (req) => req.path === '/lines' }));
app.use(morgan('tiny', { immediate: true, stream: { write() {} } }));
app.use(morgan('combined', { stream: { write() {} } }));

const messages = [];
const log = debug('app:main');
log.log = (...args) => messages.push(args.join(' ').replace(/^\S+Z /, '').replace(/ \+\d+m?s$/, ''));
debug.enable('app:*,-app:quiet');

app.get('/lines', (req, res) => res.json(lines.slice(-3)));
app.get('/debug', (req, res) => {
  messages.length = 0;
  log('values %o %d %s', { a: 1 }, 42, 'text');
  res.json({ messages, enabled: [debug.enabled('app:x'), debug.enabled('app:quiet'), debug.enabled('other')] });
});
app.get('/loglevel', (req, res) => {
  loglevel.setLevel('warn');
  const seen = [];
  const factory = loglevel.methodFactory;
  loglevel.methodFactory = (name) => (message) => seen.push(`${name} ${message}`);
  loglevel.setLevel(loglevel.getLevel());
  loglevel.info('hidden');
  loglevel.error('shown');
  loglevel.methodFactory = factory;
  res.json({ seen, level: loglevel.getLevel() });
});

app.listen(process.env.PORT || 3000);
