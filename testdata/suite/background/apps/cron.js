const http = require('http');
const { CronJob, CronTime, sendAt } = require('cron');

const log = [];
const job = CronJob.from({
  cronTime: '* * * * * *',
  onTick: () => log.push('tick'),
  onComplete: () => log.push('complete'),
  start: true,
  timeZone: 'America/New_York',
});

http
  .createServer((req, res) => {
    const url = new URL(req.url, 'http://x');
    if (url.pathname === '/ticked') return res.end(String(log.includes('tick')));
    if (url.pathname === '/stop') {
      job.stop();
      return res.end(log.at(-1));
    }
    if (url.pathname === '/next') {
      const time = new CronTime('0 30 9 * * 1', 'Europe/Paris');
      const next = time.sendAt();
      return res.end(JSON.stringify({ weekday: next.weekday, hour: next.hour, minute: next.minute, zone: next.zoneName }));
    }
    try {
      sendAt(url.searchParams.get('pattern'));
      res.end('valid');
    } catch (err) {
      res.writeHead(400).end(err.message);
    }
  })
  .listen(process.env.PORT || 3000);
