const express = require('express');
const helmet = require('helmet');
const cors = require('cors');
const { rateLimit } = require('express-rate-limit');

const app = express();
app.disable('x-powered-by');
app.set('trust proxy', 'loopback');
app.use(
  helmet({
    contentSecurityPolicy: { directives: { 'script-src': ["'self'", 'example.com'] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  }),
);

const allowed = new Set(['http://one.example', 'https://two.example']);
app.use(
  '/api',
  cors({
    origin: (origin, callback) =>
      !origin || allowed.has(origin) ? callback(null, true) : callback(new Error('not allowed by CORS')),
    credentials: true,
    exposedHeaders: ['X-Total'],
    methods: ['GET', 'PUT'],
    maxAge: 600,
  }),
);
app.get('/api/things', (req, res) => res.set('X-Total', '2').json(['a', 'b']));
app.put('/api/things', (req, res) => res.json({ updated: true }));

app.use('/limited', rateLimit({ windowMs: 60_000, limit: 3, standardHeaders: 'draft-8', legacyHeaders: false }));
app.post('/limited', (req, res) => res.json({ ok: true }));

app.get('/', (req, res) => res.send('hello'));
app.use((err, req, res, next) => res.status(403).send(err.message));

app.listen(process.env.PORT || 3000);
