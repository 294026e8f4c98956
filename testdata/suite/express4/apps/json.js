var express = require('express');
var bodyParser = require('body-parser');

var app = express();
app.use(bodyParser.json({ strict: true }));
app.use(bodyParser.urlencoded({ extended: false }));

var items = {};
var id = 0;

app.route('/items/:id?')
  .get(function (req, res, next) {
    if (!req.params.id) return res.json(Object.keys(items).map(function (key) { return items[key]; }));
    if (!items[req.params.id]) return next();
    res.json(items[req.params.id]);
  })
  .post(function (req, res) {
    id += 1;
    items[id] = Object.assign({ id: id }, req.body);
    res.status(201).json(items[id]);
  })
  .delete(function (req, res) {
    delete items[req.params.id];
    res.sendStatus(204);
  });
app.get('/user/:name(ann|bob)', function (req, res) { res.send('user ' + req.params.name); });
app.get('/ab*cd', function (req, res) { res.send(req.params[0]); });
app.get('/status', function (req, res) { res.status(404).send({ status: 'custom' }); });
app.get('/number', function (req, res) { res.send(String(200)); });
app.get('/buffer', function (req, res) { res.send(Buffer.from('bytes')); });

app.use(function (req, res) { res.status(404).json({ error: 'not found', path: req.path }); });
app.use(function (err, req, res, next) { res.status(err.statusCode || 500).json({ error: err.message, type: err.type }); });

app.listen(3000, function () { console.log('up'); });
