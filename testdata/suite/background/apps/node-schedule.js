const express = require('express');
const schedule = require('node-schedule');

const app = express();
const runs = { second: 0, once: 0 };
schedule.scheduleJob('every second', '* * * * * *', () => { runs.second += 1; });
schedule.scheduleJob(new Date(Date.now() + 2000), () => { runs.once += 1; });

app.get('/runs', (req, res) => res.json({ second: runs.second > 0, once: runs.once }));
app.get('/jobs', (req, res) => res.json(Object.keys(schedule.scheduledJobs).filter((name) => !name.startsWith('<'))));
app.get('/next', (req, res) => {
  const rule = new schedule.RecurrenceRule();
  rule.minute = 42;
  rule.tz = 'Etc/UTC';
  const job = schedule.scheduleJob(rule, () => {});
  const minute = job.nextInvocation().toDate().getUTCMinutes();
  job.cancel();
  res.json({ minute, cancelled: job.nextInvocation() === null });
});
app.post('/shutdown', async (req, res) => {
  await schedule.gracefulShutdown();
  res.json({ left: Object.keys(schedule.scheduledJobs).length });
});

app.listen(process.env.PORT || 3000);
