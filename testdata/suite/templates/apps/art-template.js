const path = require('path');
const express = require('express');
const template = require('art-template');

const app = express();
app.engine('art', require('express-art-template'));
app.set('view options', { debug: false });
app.set('views', path.join(__dirname, '../views/art'));
app.set('view engine', 'art');

app.get('/', (req, res) => res.render('index.art', { user: { name: '<Art>' }, list: ['x', 'y'], html: '<b>' }));
app.get('/string', (req, res) => res.send(template.render('{{a}} {{b | up}}', { a: 1, b: 'b' }, { imports: { ...template.defaults.imports, up: (s) => s.toUpperCase() } })));

app.listen(process.env.PORT || 3000);
