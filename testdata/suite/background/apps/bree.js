const path = require('path');
const express = require('express');
const Bree = require('bree');

const app = express();
const messages = [];
const bree = new Bree({
  root: path.join(__dirname, '..', 'jobs'),
  logger: false,
  jobs: [{ name: 'report', interval: '1s', worker: { workerData: { who: 'bree' } } }],
  workerMessageHandler: ({ name, message }) => messages.push(`${name}: ${message}`),
  errorHandler: (error, { workerName }) => messages.push(`${workerName} failed: ${error.message}`),
});

app.get('/messages', (req, res) => res.json([...new Set(messages)]));
app.post('/run', async (req, res) => {
  await bree.run('report');
  res.json({ running: true });
});

bree.start().then(() => app.listen(process.env.PORT || 3000));
