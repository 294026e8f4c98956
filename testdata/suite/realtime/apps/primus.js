const http = require('http');
const Primus = require('primus');

const server = http.createServer((req, res) => {
  if (req.url !== '/talk') return res.end('primus');
  const spark = new Socket(`http://${process.env.SELF || 'localhost:3000'}`, { strategy: false });
  const log = [];
  spark.on('open', () => spark.write({ hello: 'server' }));
  spark.on('data', (data) => {
    log.push(data);
    if (log.length === 2) spark.end();
  });
  spark.on('end', () => res.end(JSON.stringify(log)));
  spark.on('error', (err) => log.push(err.message));
});

const primus = new Primus(server, { transformer: 'websockets', parser: 'json' });
const Socket = primus.Socket;
primus.on('connection', (spark) => {
  spark.on('data', (data) => {
    spark.write({ got: data });
    primus.forEach((other) => other.id === spark.id && other.write('to all who are me'));
  });
});

server.listen(process.env.PORT || 3000);
