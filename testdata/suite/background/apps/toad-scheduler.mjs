import { createServer } from 'node:http';
import { AsyncTask, CronJob, SimpleIntervalJob, Task, ToadScheduler } from 'toad-scheduler';

const scheduler = new ToadScheduler();
const seen = new Set();
scheduler.addSimpleIntervalJob(
  new SimpleIntervalJob({ milliseconds: 50, runImmediately: true }, new Task('simple', () => seen.add('simple')), { id: 'simple', preventOverrun: true }),
);
scheduler.addSimpleIntervalJob(
  new SimpleIntervalJob({ milliseconds: 40 }, new AsyncTask('failing', async () => { throw new Error('job failed'); }, (err) => seen.add(err.message)), { id: 'failing' }),
);
scheduler.addCronJob(new CronJob({ cronExpression: '* * * * * *' }, new Task('cron', () => seen.add('cron')), { id: 'cron' }));

createServer((req, res) => {
  if (req.url === '/stop') {
    scheduler.stopById('simple');
    return res.end(scheduler.getById('simple').getStatus());
  }
  res.end(JSON.stringify({ seen: [...seen].sort(), failing: scheduler.getById('failing').getStatus() }));
}).listen(process.env.PORT || 3000);
