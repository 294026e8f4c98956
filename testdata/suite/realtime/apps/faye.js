const http = require('http');
const faye = require('faye');

const bayeux = new faye.NodeAdapter({ mount: '/faye', timeout: 5 });

const server = http.createServer(async (req, res) => {
  if (req.url === '/local') {
    const client = bayeux.getClient();
    const subscription = client.subscribe('/news', (message) => {
      subscription.cancel();
      res.end(`local ${message.text}`);
    });
    await subscription;
    client.publish('/news', { text: 'hello' });
    return;
  }
  if (req.url === '/remote') {
    const client = new faye.Client(`http://${process.env.SELF || 'localhost:3000'}/faye`);
    const log = [];
    const subscription = client.subscribe('/chat/*', (message) => {
      log.push(message.text);
      if (log.length === 2) {
        client.disconnect();
        res.end(JSON.stringify(log));
      }
    });
    await subscription;
    await client.publish('/chat/a', { text: 'first' });
    await client.publish('/chat/b', { text: 'second' });
    return;
  }
  res.writeHead(200).end('faye');
});
bayeux.attach(server);

server.listen(process.env.PORT || 3000);
