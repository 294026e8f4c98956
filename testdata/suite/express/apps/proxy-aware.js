const express = require('express');
const vhost = require('vhost');
const listEndpoints = require('express-list-endpoints');
const { v4: uuid, v5, validate } = require('uuid');

const app = express();
app.set('trust proxy', true);
app.set('etag', 'strong');
app.set('json spaces', 2);
app.set('query parser', 'extended');
app.locals.title = 'proxied';

app.use((req, res, next) => {
  req.id = uuid();
  res.set('X-Valid-Id', String(validate(req.id)));
  next();
});

const admin = express();
admin.get('/', (req, res) => res.send(`admin at ${req.hostname}`));
app.use(vhost('admin.example.com', admin));

const sub = express();
sub.get('/where', (req, res) => res.json({ mount: sub.mountpath, parent: sub.parent === app, title: req.app.parent.locals.title }));
app.use('/sub', sub);

app.get('/client', (req, res) => {
  res.json({
    ip: req.ip,
    ips: req.ips,
    protocol: req.protocol,
    secure: req.secure,
    hostname: req.hostname,
    host: req.host,
    subdomains: req.subdomains,
    xhr: req.xhr,
    fresh: req.fresh,
  });
});
app.get('/query', (req, res) => res.json(req.query));
app.get('/id', (req, res) => res.json({ v5: v5('example.com', v5.DNS) }));
app.get('/endpoints', (req, res) => res.json(listEndpoints(app)));
app.get('/accepts', (req, res) =>
  res.json({
    types: req.accepts(['html', 'json']),
    charset: req.acceptsCharsets('utf-8'),
    encoding: req.acceptsEncodings('gzip', 'br'),
    languages: req.acceptsLanguages('de', 'en'),
    is: req.is('json') || null,
    range: req.range(1000) || null,
  }),
);
app.get('/links', (req, res) => res.links({ next: 'http://x/2', last: 'http://x/5' }).vary('Accept').append('X-A', ['1', '2']).attachment('a.json').send({ a: 1 }));

app.listen(process.env.PORT || 3000, '0.0.0.0', function () {
  console.log('port', this.address().port);
});
