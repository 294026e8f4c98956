const express = require('express');

const app = express();
app.use(express.json());
app.get('/things', (req, res) => res.json([{ id: 1 }, { id: 2 }]));
app.post('/things', (req, res) => res.status(201).set('Location', '/things/3').json({ id: 3, ...req.body }));
app.get('/headers', (req, res) => res.json({ forwarded: req.get('x-forwarded-for') !== undefined, added: req.get('x-added') ?? null, host: req.get('host') }));
app.get('/redirect', (req, res) => res.redirect('/things'));
app.get('/error', (req, res) => res.status(503).send('unavailable'));
app.get('/stream', (req, res) => {
  let i = 0;
  const timer = setInterval(() => {
    res.write(`part ${i}\n`);
    if (++i === 4) {
      clearInterval(timer);
      res.end();
    }
  }, 3);
});
app.listen(3000);
