const express = require('express');
const crypto = require('node:crypto');
const { Readable, Transform, pipeline } = require('node:stream');
const zlib = require('node:zlib');

const app = express();

app.get('/count/:n', (req, res) => {
  const n = Number(req.params.n);
  async function* lines() {
    for (let i = 1; i <= n; i++) {
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      yield `${i}\n`;
    }
  }
  res.type('text/plain');
  Readable.from(lines()).pipe(res);
});

app.post('/upper', (req, res, next) => {
  const upper = new Transform({
    transform(chunk, encoding, callback) {
      callback(null, chunk.toString().toUpperCase());
    },
  });
  pipeline(req, upper, res, (err) => err && console.error(err));
});

app.post('/hash', (req, res) => {
  const hash = crypto.createHash('sha256');
  let bytes = 0;
  req.on('data', (chunk) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  req.on('end', () => res.json({ bytes, sha256: hash.digest('hex') }));
});

app.post('/gzip', (req, res) => {
  res.set('Content-Type', 'application/gzip');
  req.pipe(zlib.createGzip()).pipe(res);
});

app.get('/backpressure', (req, res) => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let left = 64;
  res.set('Content-Type', 'application/octet-stream');
  const write = () => {
    while (left > 0) {
      left--;
      if (!res.write(chunk)) return res.once('drain', write);
    }
    res.end();
  };
  write();
});

app.get('/trailer', (req, res) => {
  res.writeHead(200, 'Fine', ['Content-Type', 'text/plain', 'X-Two', 'a', 'X-Two', 'b']);
  res.write('one ');
  res.end('two');
});

app.listen(process.env.PORT || 3000);
