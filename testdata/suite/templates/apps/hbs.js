const path = require('path');
const express = require('express');
const hbs = require('hbs');

const app = express();
app.set('view engine', 'hbs');
app.set('views', path.join(process.cwd(), 'views', 'hbsreg'));

hbs.registerPartials(path.join(process.cwd(), 'views', 'hbsreg', 'partials'));
hbs.registerHelper('link', (text, url) => new hbs.SafeString(`<a href="${url}">${hbs.handlebars.escapeExpression(text)}</a>`));
hbs.registerHelper('ifEquals', function (a, b, options) {
  return a === b ? options.fn(this) : options.inverse(this);
});

app.get('/', (req, res) => res.render('index', { name: 'hbs', a: 1, b: Number(req.query.b || 1) }));
app.get('/plain', (req, res) => res.render('index', { layout: false, name: '<x>' }));

app.listen(process.env.PORT || 3000);
