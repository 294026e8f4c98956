const http = require('http');
const _ = require('lodash');

_.templateSettings.interpolate = /{{([\s\S]+?)}}/g;
const hello = _.template('hello {{ user }}!');
const list = _.template('<% _.forEach(users, function(user) { %><li><%- user %></li><% }); %>');

http
  .createServer((req, res) => {
    if (req.url === '/list') return res.end(list({ users: ['fred', '<barney>'] }));
    try {
      res.end(hello(req.url === '/none' ? {} : { user: _.capitalize('wORLD') }));
    } catch (err) {
      res.statusCode = 400;
      res.end(err.message);
    }
  })
  .listen(process.env.PORT || 3000);
