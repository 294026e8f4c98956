import express from 'express';
import { engine } from 'express-handlebars';

const app = express();
app.engine('handlebars', engine({ helpers: { shout: (text) => `${text}!` } }));
app.set('view engine', 'handlebars');
app.set('views', './views/hbs');

app.get('/', (req, res) => res.render('home', { name: req.query.name ?? 'World', items: ['a', '<b>'] }));
app.get('/bare', (req, res) => res.render('home', { layout: false, name: 'Bare' }));
app.get('/missing', (req, res) => res.render('missing'));
app.use((err, req, res, next) => res.status(404).send('no such view'));

app.listen(process.env.PORT || 3000);
