const express = require('express');
const compression = require('compression');
const responseTime = require('response-time');
const fs = require('node:fs');
const path = require('node:path');

const app = express();
app.use(responseTime());
app.use(compression({ threshold: 100, filter: (req, res) => (req.headers['x-no-compression'] ? false : compression.filter(req, res)) }));

app.get('/large', (req, res) => res.type('text/plain').send('0123456789'.repeat(1000)));
app.get('/small', (req, res) => res.send('small'));
app.get('/json', (req, res) => res.json(Array.from({ length: 500 }, (_, i) => ({ id: i, name: `item ${i}` }))));
app.get('/stream', (req, res) => {
  res.type('txt');
  fs.createReadStream(path.join(__dirname, 'compress.js')).pipe(res);
});
app.get('/flush', (req, res) => {
  res.type('text/plain');
  let i = 0;
  const timer = setInterval(() => {
    res.write(`line ${i}\n`);
    res.flush();
    if (++i === 5) {
      clearInterval(timer);
      res.end();
    }
  }, 2);
});
app.get('/image', (req, res) => res.type('png').send(Buffer.alloc(2000, 7)));

app.listen(process.env.PORT || 3000);
