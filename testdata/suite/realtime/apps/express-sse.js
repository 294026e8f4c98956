const express = require('express');
const SSE = require('express-sse');

const app = express();
const sse = new SSE(['first', { second: 2 }], { isSerialized: true, initialEvent: 'initial' });

app.post('/stream', (req, res) => {
  sse.init(req, res);
  setTimeout(() => sse.send({ late: true }, 'late', 7), 20);
  setTimeout(() => res.end(), 60);
});
app.get('/', (req, res) => res.send('stream at /stream'));

app.listen(process.env.PORT || 3000);
