'use strict';

const express = require('express');
const fs = require('fs');
const morgan = require('morgan');
const path = require('path');

const db = require('./db');
const redis = require('./redis');

const app = express();
const port = Number(process.env.PORT) || 3000;
const banner = fs.readFileSync(path.join(__dirname, 'banner.txt'), 'utf8').trim();

app.use(morgan('tiny', { skip: () => process.env.NODE_ENV === 'production' }));
app.use(express.json());

app.get('/', (req, res) => {
  res.type('text').send(`${banner}\nPrefix: ${req.get('x-forwarded-prefix') || '(none)'}\n`);
});

app.get('/health', async (req, res) => {
  await Promise.all([db.query('SELECT 1'), redis.ping()]);
  res.json({ status: 'ok' });
});

app.use('/products', require('./routes/products'));
app.use('/carts', require('./routes/carts'));
app.use('/orders', require('./routes/orders'));

app.use((req, res) => {
  res.status(404).json({ error: `no such route: ${req.method} ${req.path}` });
});

app.use((error, req, res, next) => {
  if (res.headersSent) return next(error);
  const status = error.status || 500;
  if (status === 500) console.error(error);
  res.status(status).json({ error: status === 500 ? 'internal error' : error.message });
});

const server = app.listen(port, () => {
  console.log(`shop-api listening on ${port}`);
});

process.on('SIGTERM', () => {
  server.close(async () => {
    await db.end();
    redis.disconnect();
    process.exit(0);
  });
});
