import { App } from '@tinyhttp/app';
import { logger } from '@tinyhttp/logger';
import { cookieParser } from '@tinyhttp/cookie-parser';
import { json } from 'milliparsec';
import sirv from 'sirv';

const app = new App({ onError: (err, req, res) => res.status(err.code === 404 ? 404 : 500).send(`Oops: ${err.message ?? err}`) });
app
  .use(logger())
  .use(cookieParser())
  .use(json())
  .get('/', (_, res) => res.send('<h1>Hello tinyhttp</h1>'))
  .get('/page/:page', (req, res) => res.status(200).json({ params: req.params, query: req.query, cookies: req.cookies }))
  .post('/body', (req, res) => res.status(201).json(req.body))
  .get('/cookie', (req, res) => res.cookie('a', 'b').redirect('/'))
  .get('/throw', () => {
    throw new Error('thrown');
  })
  .use('/static', sirv('public'));
app.use('/sub', new App().get('/route', (req, res) => res.send(req.originalUrl)));
app.listen(3000);
