const express = require('express');
const logger = require('morgan');
const cookieParser = require('cookie-parser');
const path = require('path');

const app = express();
app.set('views', path.join(__dirname, '../views'));
app.set('view engine', 'pug');
app.use(logger('dev'));
app.use(cookieParser());
app.use('/', require('../routes/index'));
app.use('/users', require('../routes/users'));
app.use((req, res, next) => next(require('http-errors')(404)));
app.use((err, req, res, next) => {
  res.locals.message = err.message;
  res.status(err.status || 500);
  res.render('error');
});
const http = require('http');
const port = normalizePort(process.env.PORT || '3000');
app.set('port', port);
const server = http.createServer(app);
server.listen(port);
server.on('error', (error) => { throw error; });
server.on('listening', () => {
  const addr = server.address();
  console.log('Listening on ' + (typeof addr === 'string' ? 'pipe ' + addr : 'port ' + addr.port));
});
function normalizePort(val) {
  const port = parseInt(val, 10);
  return isNaN(port) ? val : port;
}
