const app = require('express')();
const http = require('http').createServer(app);
const io = require('socket.io2')(http);
const connectTo = require('socket.io-client2');

io.on('connection', (socket) => {
  socket.emit('hello', { transport: 'any' });
  socket.on('join', (room, done) => {
    socket.join(room);
    done(`joined a ${room.split(' ')[0]}`);
  });
  socket.on('say', (room, text) => {
    io.to(room).emit('said', text);
  });
  socket.on('file', (data) => socket.emit('size', data.length));
});

io.of('/admin').use((socket, next) => {
  const { token } = socket.handshake.auth || {};
  next((token || socket.handshake.query.token) === 'secret' ? undefined : new Error('not allowed'));
});
io.of('/admin').on('connection', (socket) => socket.emit('welcome', 'admin'));

app.get('/', (req, res) => res.json({ clients: io.engine.clientsCount }));

app.get('/talk', (req, res) => {
  const url = `http://${process.env.SELF || 'localhost:3000'}`;
  const room = `room ${Math.random()}`;
  const options = { transports: String(req.query.transports || 'polling,websocket').split(','), forceNew: true, reconnection: false };
  const [a, b] = [connectTo(url, options), connectTo(url, options)];
  const log = [];
  const end = (status) => {
    a.close();
    b.close();
    if (!res.headersSent) res.status(status).json(log.sort());
  };
  a.on('hello', (data) => log.push(`a hello ${data.transport}`));
  b.on('said', (text) => log.push(`b heard ${text}`));
  a.on('said', (text) => {
    log.push(`a heard ${text}`);
    a.emit('file', Buffer.alloc(5000, 1));
  });
  a.on('size', (size) => {
    log.push(`file ${size}`);
    setTimeout(end, 50, 200);
  });
  a.on('connect_error', (err) => {
    log.push(err.message);
    end(424);
  });
  b.on('connect', () => b.emit('join', room, (answer) => {
    log.push(answer);
    a.emit('join', room, () => a.emit('say', room, 'hi there'));
  }));
  setTimeout(end, 4000, 408);
});

app.get('/admin', (req, res) => {
  const token = req.query.token;
  const socket = connectTo(`http://${process.env.SELF || 'localhost:3000'}/admin`, { forceNew: true, auth: { token }, query: { token }, transports: ['websocket'] });
  const end = (text) => {
    socket.close();
    if (!res.headersSent) res.send(text);
  };
  socket.on('welcome', (who) => end(`welcome ${who}`));
  socket.on('connect_error', (err) => end(`refused: ${err.message}`));
  socket.on('error', (err) => end(`refused: ${err.message || err}`));
});

http.listen(process.env.PORT || 3000);
