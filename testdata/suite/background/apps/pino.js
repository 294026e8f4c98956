const http = require('http');
const { Writable } = require('stream');
const pino = require('pino');

const lines = [];
const memory = new Writable({
  write(chunk, encoding, done) {
    lines.push(chunk.toString());
    done();
  },
});
const logger = pino(
  { base: { app: 'pino' }, timestamp: false, redact: ['user.password'], serializers: { err: (err) => ({ type: err.name, msg: err.message }) } },
  pino.multistream([{ stream: process.stdout }, { stream: memory }]),
);
const httpLogger = require('pino-http')({ logger, genReqId: () => 1, autoLogging: false });

http
  .createServer((req, res) => {
    httpLogger(req, res);
    if (req.url !== '/log') return res.end(lines.join(''));
    lines.length = 0;
    logger.info({ user: { name: 'ann', password: 'x' } }, 'hello %s', 'world');
    logger.child({ part: 'child' }).warn('careful');
    req.log.error(new TypeError('broken'));
    logger.debug('not shown');
    res.end(JSON.stringify(lines.map((line) => ({ ...JSON.parse(line), req: undefined }))));
  })
  .listen(process.env.PORT || 3000);
