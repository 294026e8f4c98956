const http = require('http');
const cron = require('node-cron3');

let seconds = 0;
const task = cron.schedule('*/1 * * * * *', () => { seconds += 1; }, { scheduled: false });
task.start();

http
  .createServer((req, res) => {
    if (req.url === '/ticked') return res.end(String(seconds > 0));
    if (req.url === '/invalid') {
      try {
        cron.schedule('not cron', () => {});
      } catch (err) {
        return res.writeHead(400).end(String(err.message || err));
      }
    }
    res.end('cron');
  })
  .listen(process.env.PORT || 3000);
