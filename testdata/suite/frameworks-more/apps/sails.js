const Sails = require('sails').Sails;

const app = new Sails();
app.lift(
  {
    port: 3000,
    log: { level: 'warn' },
    hooks: { grunt: false, session: false, pubsub: false, i18n: false, csrf: false, views: false },
    routes: {
      'GET /hello': (req, res) => res.send('hello sails'),
      'POST /echo': (req, res) => res.json({ body: req.body, all: req.allParams() }),
      'GET /items/:id': (req, res) => (req.param('id') === '1' ? res.json({ id: 1 }) : res.notFound()),
      'GET /bad': (req, res) => res.badRequest({ problem: 'bad' }),
    },
  },
  (err) => {
    if (err) {
      console.error(err);
      process.exit(1);
    }
  },
);
