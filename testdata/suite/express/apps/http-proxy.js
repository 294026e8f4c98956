const express = require('express');
const proxy = require('express-http-proxy');

const app = express();

app.use(
  '/api',
  proxy(process.env.UPSTREAM || 'upstream:3000', {
    proxyReqOptDecorator: (options) => {
      options.headers['x-added'] = 'by the proxy';
      return options;
    },
    userResHeaderDecorator: (headers) => ({ ...headers, 'x-proxied': 'yes' }),
    userResDecorator: (proxyRes, data, req) => {
      if (!req.path.startsWith('/things') || req.method !== 'GET') return data;
      return JSON.stringify({ wrapped: JSON.parse(data.toString('utf8')) });
    },
  }),
);
app.use('/down', proxy('upstream:9999'));
app.get('/', (req, res) => res.send('proxy'));
app.use((err, req, res, next) => res.status(502).json({ error: err.code }));
app.listen(3000);
