const Koa = require('koa');
const websockify = require('koa-websocket');
const WebSocket = require('ws');

const app = websockify(new Koa());

app.ws.use((ctx, next) => {
  ctx.visited = 'first';
  return next();
});
app.ws.use((ctx) => {
  ctx.websocket.send(`${ctx.visited} ${ctx.path} ${ctx.query.q || ''}`);
  ctx.websocket.on('message', (message) => ctx.websocket.close(1000, message.toString()));
});

app.use(async (ctx) => {
  if (ctx.path !== '/ask') return (ctx.body = 'koa');
  ctx.body = await new Promise((resolve) => {
    const ws = new WebSocket(`ws://${process.env.SELF || 'localhost:3000'}/deep/path?q=${ctx.query.q}`);
    let first;
    ws.on('message', (data) => {
      first = data.toString();
      ws.send('thanks');
    });
    ws.on('close', (code, reason) => resolve({ first, code, reason: reason.toString() }));
  });
});

app.listen(process.env.PORT || 3000);
