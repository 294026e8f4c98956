const cluster = require('node:cluster');
const http = require('node:http');
const { availableParallelism } = require('node:os');

if (cluster.isPrimary) {
  for (let i = 0; i < Math.min(availableParallelism(), 2); i++) cluster.fork({ ROLE: 'server' });
  cluster.on('message', (worker, message) => {
    if (message.question) worker.send({ id: message.id, answer: `${message.question} was asked` });
  });
  cluster.on('exit', (worker, code) => {
    if (!worker.exitedAfterDisconnect) cluster.fork({ ROLE: `after ${code}` });
  });
} else {
  let lastId = 0;
  http
    .createServer((req, res) => {
      if (req.url === '/crash') {
        res.end('crashing', () => setTimeout(() => process.exit(3), 20));
        return;
      }
      if (req.url === '/ask') {
        const id = ++lastId;
        const onMessage = (message) => {
          if (message.id !== id) return;
          process.off('message', onMessage);
          res.end(message.answer);
        };
        process.on('message', onMessage);
        process.send({ id, question: 'how' });
        return;
      }
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ primary: cluster.isPrimary, worker: cluster.isWorker, id: cluster.worker.id > 0, role: process.env.ROLE }));
    })
    .listen(process.env.PORT || 3000);
}
