const http = require('http');
const Sqrl = require('squirrelly');

Sqrl.filters.define('shout', (text) => text.toUpperCase());

http
  .createServer((req, res) => {
    const name = new URL(req.url, 'http://x').searchParams.get('name') || 'squirrel';
    res.end(Sqrl.render('Hi {{ it.name | shout }}{{@each(it.list) => item, i}} {{i}}:{{item}}{{/each}}{{@if(it.name.length > 8)}} long{{#else}} short{{/if}}', { name, list: ['a', '<b>'] }));
  })
  .listen(process.env.PORT || 3000);
