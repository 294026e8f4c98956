const cero = require('0http');

const { router, server } = cero({ defaultRoute: (req, res) => { res.statusCode = 404; res.end('nothing'); } });
router.use('/', (req, res, next) => {
  res.setHeader('x-zero', 'yes');
  return next();
});
router.get('/hello', (req, res) => res.end('Hello World!'));
router.get('/sum/:a/:b', (req, res) => res.end(String(Number(req.params.a) + Number(req.params.b))));
router.post('/upper', (req, res) => {
  let body = '';
  req.on('data', (chunk) => (body += chunk)).on('end', () => res.end(body.toUpperCase()));
});
server.listen(3000);
