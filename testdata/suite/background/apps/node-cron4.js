const express = require('express');
const cron = require('node-cron');

const app = express();
let ticks = 0;
const task = cron.schedule('* * * * * *', () => { ticks += 1; }, { name: 'ticker' });
cron.schedule('0 3 * * *', () => {}, { timezone: 'Europe/Berlin' });

app.get('/ticked', (req, res) => res.json({ ticked: ticks > 0, status: ticks > 0 ? 'running' : 'waiting' }));
app.get('/validate', (req, res) => res.json({ valid: cron.validate(String(req.query.expression)) }));
app.get('/tasks', (req, res) => res.json({ count: cron.getTasks().size, name: task.name }));
app.post('/stop', async (req, res) => {
  await task.stop();
  const before = ticks;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  res.json({ stopped: ticks === before });
});

app.listen(process.env.PORT || 3000);
