const restana = require('restana');
const service = restana({ errorHandler: (err, req, res) => res.send(err.message, 400) });
service
  .get('/hi', (req, res) => res.send('Hello World!'))
  .get('/json/:id', (req, res) => res.send({ id: req.params.id, query: req.query }, 200, { 'x-a': 'b' }))
  .get('/throw', async () => {
    throw new Error('async error');
  })
  .delete('/gone', (req, res) => res.send(204));
service.start(3000);
