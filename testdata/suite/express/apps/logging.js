const express = require('express');
const morgan = require('morgan');
const responseTime = require('response-time');
const timeout = require('connect-timeout');

const lines = [];
const stream = { write: (line) => lines.push(line.trimEnd()) };
morgan.token('id', (req) => req.headers['x-request-id']);

const app = express();
app.use(morgan('dev'));
app.use(morgan(':id :method :url :status :res[content-length]', { stream, skip: (req) => req.path === '/log' }));
app.use(morgan('combined', { skip: (req, res) => res.statusCode < 400 }));
app.use(responseTime((req, res, time) => res.set('X-Timed', String(typeof time === 'number' && time >= 0))));
app.use(timeout('50ms'));

app.get('/', (req, res) => res.send('hello'));
app.get('/slow', (req, res) => {
  setTimeout(() => {
    if (!req.timedout) res.send('finally');
  }, 200);
});
app.get('/log', (req, res) => res.json(lines));
app.use((err, req, res, next) => res.status(err.status || 500).json({ code: err.code, timeout: err.timeout }));

app.listen(process.env.PORT || 3000);
