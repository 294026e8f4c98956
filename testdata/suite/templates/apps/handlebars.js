const fs = require('fs');
const path = require('path');
const http = require('http');
const Handlebars = require('handlebars');

Handlebars.registerHelper('loud', (text) => String(text).toUpperCase());
Handlebars.registerHelper('list', (context, options) => `<ul>${context.map((item) => `<li>${options.fn(item)}</li>`).join('')}</ul>`);
Handlebars.registerPartial('who', '{{name}} <{{email}}>');

const source = fs.readFileSync(path.join(__dirname, '../views/hbs/standalone.hbs'), 'utf8');
const page = Handlebars.compile(source);
const strict = Handlebars.compile('{{a.b}} {{missing}}', { strict: true });

http
  .createServer((req, res) => {
    const url = new URL(req.url, 'http://localhost');
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (url.pathname === '/strict') {
      try {
        res.end(strict({ a: { b: 1 } }));
      } catch (err) {
        res.writeHead(422).end(err.message);
      }
      return;
    }
    if (url.pathname === '/adhoc') {
      res.end(Handlebars.compile(url.searchParams.get('t') || '')({ x: [1, 2], y: { z: '<z>' } }));
      return;
    }
    if (url.pathname === '/precompiled') {
      res.end(String(Handlebars.precompile('{{loud name}}')).length > 100 ? 'precompiled' : 'too short');
      return;
    }
    res.end(page({ people: [{ name: 'Ann', email: 'ann@x.org', admin: true }, { name: 'Bob', email: 'b@x.org' }], title: 'People' }));
  })
  .listen(process.env.PORT || 3000);
