import { createServer } from 'node:http';
import { Cron } from 'croner';

let ticks = 0;
const job = new Cron('* * * * * *', { name: 'seconds', protect: true }, () => { ticks += 1; });
const later = new Cron('0 0 29 2 *', { timezone: 'Asia/Tokyo' });

createServer((req, res) => {
  if (req.url === '/ticked') return res.end(String(ticks > 0));
  if (req.url === '/leap') {
    const next = later.nextRun(new Date('2026-11-21T00:00:00Z'));
    return res.end(next.toISOString());
  }
  if (req.url === '/next') return res.end(JSON.stringify(new Cron('0 12 * * 1-5', { timezone: 'UTC' }).nextRuns(3, '2026-11-20T13:00:00Z')));
  if (req.url === '/pause') {
    job.pause();
    return res.end(String(job.isRunning()));
  }
  try {
    new Cron('61 * * * *');
  } catch (err) {
    res.writeHead(400).end(err.message);
  }
}).listen(process.env.PORT || 3000);
