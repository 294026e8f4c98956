const http = require('http');
const bunyan = require('bunyan');

const ring = new bunyan.RingBuffer({ limit: 20 });
const log = bunyan.createLogger({
  name: 'bunyan-app',
  serializers: bunyan.stdSerializers,
  streams: [
    { level: 'info', stream: process.stdout },
    { level: 'trace', type: 'raw', stream: ring },
    { level: 'error', path: '/tmp/bunyan-error.log' },
  ],
});

http
  .createServer((req, res) => {
    log.info({ req }, 'request');
    log.child({ widget: 'child' }).error(new Error('a problem'));
    res.end(JSON.stringify(ring.records.slice(-2).map(({ name, level, msg, widget, req: r }) => ({ name, level: bunyan.nameFromLevel[level], msg, widget, url: r && r.url }))));
  })
  .listen(process.env.PORT || 3000);
