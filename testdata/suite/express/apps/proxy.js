const express = require('express');
const { createProxyMiddleware } = require('http-proxy-middleware');

const target = process.env.UPSTREAM || 'http://upstream:3000';
const app = express();

app.use(
  '/api',
  createProxyMiddleware({
    target,
    changeOrigin: true,
    pathRewrite: { '^/v1': '' },
    on: {
      proxyReq: (proxyReq) => proxyReq.setHeader('X-Added', 'by the proxy'),
      proxyRes: (proxyRes) => {
        proxyRes.headers['x-proxied'] = 'yes';
      },
    },
  }),
);
app.use(
  '/down',
  createProxyMiddleware({
    target: 'http://upstream:9999',
    on: { error: (err, req, res) => res.status(502).json({ error: err.code }) },
  }),
);
app.get('/', (req, res) => res.send('proxy'));
app.listen(3000);
