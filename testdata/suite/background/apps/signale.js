const http = require('http');
const { Writable } = require('stream');
const { Signale } = require('signale');

const out = [];
const stream = new Writable({ write: (chunk, encoding, done) => (out.push(chunk.toString().replace(/\u001b\[\d+m/g, '')), done()) });
const signale = new Signale({ stream, scope: 'http', types: { remind: { badge: '**', color: 'yellow', label: 'reminder' } } });

http
  .createServer((req, res) => {
    out.length = 0;
    signale.success('Operation %s', 'done');
    signale.remind('Improve docs');
    signale.scope('inner').error(new Error('bad').message);
    res.end(out.join(''));
  })
  .listen(process.env.PORT || 3000);
