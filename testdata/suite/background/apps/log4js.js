const fs = require('fs');
const express = require('express');
const log4js = require('log4js');

log4js.configure({
  appenders: {
    out: { type: 'stdout', layout: { type: 'pattern', pattern: '%p %c %m' } },
    file: { type: 'file', filename: '/tmp/log4js.log', layout: { type: 'pattern', pattern: '[%p] %c - %m %X{user}' } },
    errors: { type: 'logLevelFilter', level: 'ERROR', appender: 'file' },
    memory: { type: 'recording' },
  },
  categories: { default: { appenders: ['out', 'memory', 'errors'], level: 'debug' } },
});

const app = express();
const logger = log4js.getLogger('app');
app.use(log4js.connectLogger(log4js.getLogger('http'), { level: 'auto', format: ':method :url :status' }));

app.get('/', (req, res) => {
  const { length } = log4js.recording().replay();
  logger.addContext('user', 'ann');
  logger.info('got %d', 42);
  logger.error('oh no');
  res.json(log4js.recording().replay().slice(length, length + 2).map((event) => [event.level.levelStr, event.categoryName, event.data]));
});
app.get('/file', (req, res) => setTimeout(() => res.json({ has: fs.readFileSync('/tmp/log4js.log', 'utf8').includes('[ERROR] app - oh no ann') }), 50));

app.listen(process.env.PORT || 3000);
