import { createServer } from 'node:http';
import path from 'node:path';
import { Eta } from 'eta';

const eta = new Eta({ views: path.join(import.meta.dirname, '../views/eta'), cache: true });

createServer(async (req, res) => {
  res.setHeader('content-type', 'text/html');
  try {
    if (req.url === '/string') res.end(eta.renderString('<%= it.a %> & <%~ it.b %>', { a: '<a>', b: '<b>' }));
    else if (req.url === '/async') res.end(await eta.renderStringAsync('<%= await it.later() %>', { later: async () => 'later' }));
    else if (req.url === '/missing') res.end(eta.render('./nothing', {}));
    else res.end(eta.render('./index', { name: 'Eta <3' }));
  } catch (err) {
    res.writeHead(404).end(err.name);
  }
}).listen(process.env.PORT || 3000);
