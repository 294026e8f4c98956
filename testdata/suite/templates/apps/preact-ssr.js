const http = require('http');
const { h } = require('preact');
const { render } = require('preact-render-to-string');

const Item = ({ text, n }) => h('li', { class: n % 2 ? 'odd' : 'even' }, text);

http
  .createServer((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/html' });
    res.end('<!DOCTYPE html>' + render(h('ol', null, ['x', '<y>', req.url].map((text, n) => h(Item, { text, n })))));
  })
  .listen(process.env.PORT || 3000);
