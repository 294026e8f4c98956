const fs = require('fs');
const http = require('http');
const pino = require('pino');

const logger = pino({
  timestamp: false,
  base: null,
  transport: {
    targets: [
      { target: 'pino/file', options: { destination: '/tmp/pino.log' }, level: 'info' },
      { target: 'pino-pretty', options: { colorize: false, destination: 1 }, level: 'info' },
    ],
  },
});

http
  .createServer((req, res) => {
    if (req.method === 'POST') {
      logger.info({ url: req.url }, 'posted');
      return res.end('logged');
    }
    res.end(fs.existsSync('/tmp/pino.log') ? fs.readFileSync('/tmp/pino.log', 'utf8') : 'no log');
  })
  .listen(process.env.PORT || 3000);
