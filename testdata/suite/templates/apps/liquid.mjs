import express from 'express';
import { Liquid } from 'liquidjs';

const app = express();
const engine = new Liquid({ root: 'views/liquid', extname: '.liquid' });
engine.registerFilter('reverse_words', (text) => text.split(' ').reverse().join(' '));
app.engine('liquid', engine.express());
app.set('view engine', 'liquid');
app.set('views', 'views/liquid');

app.get('/', (req, res) => res.render('index', { products: [{ name: 'tea', price: 3 }, { name: 'pot', price: 10 }, { name: 'cup', price: 1 }] }));
app.get('/parse', async (req, res) => {
  try {
    res.send(await engine.parseAndRender(String(req.query.t ?? '{{ "a b c" | reverse_words }}'), { x: [3, 1, 2] }));
  } catch (err) {
    res.status(400).send(err.name);
  }
});

app.listen(process.env.PORT || 3000);
