const express = require('express');
const WebSocket = require('ws');

const app = express();
const { getWss } = require('express-ws')(app);

app.use((req, res, next) => {
  req.testing = 'testing';
  next();
});

app.get('/', (req, res) => res.send(`hello ${req.testing}`));

app.ws('/echo/:name', (ws, req) => {
  ws.on('message', (msg) => ws.send(`${req.params.name} (${req.testing}): ${msg}`));
});

const router = express.Router();
router.ws('/count', (ws) => ws.send(JSON.stringify({ clients: getWss().clients.size })));
app.use('/stats', router);

app.get('/ask', (req, res) => {
  const ws = new WebSocket(`ws://${process.env.SELF || 'localhost:3000'}${req.query.path}`);
  ws.on('open', () => req.query.say && ws.send(req.query.say));
  ws.on('message', (data) => {
    res.send(data.toString());
    ws.close();
  });
  ws.on('error', (err) => res.status(424).send(err.message));
  ws.on('close', (code) => res.headersSent || res.status(404).send(`closed with ${code}`));
});

app.listen(process.env.PORT || 3000);
