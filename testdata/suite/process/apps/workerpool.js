const express = require('express');
const workerpool = require('workerpool');

const app = express();
const pool = workerpool.pool(__dirname + '/../tasks/pool-worker.js', { workerType: 'thread', maxWorkers: 2 });

app.get('/fibonacci', async (req, res) => {
  try {
    res.json({ result: await pool.exec('fibonacci', [Number(req.query.n)]) });
  } catch (err) {
    res.status(422).json({ error: err.message });
  }
});
app.get('/proxy', async (req, res) => {
  const worker = await pool.proxy();
  res.json({ sum: await worker.add(2, 3), text: await worker.later('x') });
});
app.get('/stats', (req, res) => res.json({ total: pool.stats().totalWorkers > 0, pending: pool.stats().pendingTasks }));

app.listen(process.env.PORT || 3000);
