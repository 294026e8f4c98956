const connect = require('connect');
const http = require('node:http');
const bodyParser = require('body-parser');
const serveStatic = require('serve-static');

const app = connect();
app.use((req, res, next) => {
  res.setHeader('X-Chain', 'one');
  next();
});
app.use(bodyParser.urlencoded({ extended: false }));
app.use('/static', serveStatic('public'));
app.use('/form', (req, res) => res.end(JSON.stringify(req.body)));
app.use('/fail', () => {
  throw new Error('connect failure');
});
app.use('/skip', (req, res, next) => next(new Error('skipped')));
app.use((err, req, res, next) => {
  res.statusCode = 500;
  res.end(`handled: ${err.message}`);
});
app.use('/', (req, res, next) => (req.url === '/' ? res.end('Hello from Connect!') : next()));
http.createServer(app).listen(3000);
