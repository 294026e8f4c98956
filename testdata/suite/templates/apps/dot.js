const http = require('http');
const doT = require('dot');

const list = doT.template('<ul>{{~it.items :value:index}}<li>{{=index}} {{!value}}</li>{{~}}</ul>{{? it.more }}more{{?? it.less }}less{{??}}same{{?}}');
const defs = doT.template('{{##def.hello:Hello {{=it.name}}#}}{{#def.hello}}!', undefined, {});

http
  .createServer((req, res) => {
    const url = new URL(req.url, 'http://x');
    if (url.pathname === '/defs') return res.end(defs({ name: 'doT' }));
    res.end(list({ items: ['a', '<b>'], more: url.searchParams.has('more'), less: url.searchParams.has('less') }));
  })
  .listen(process.env.PORT || 3000);
