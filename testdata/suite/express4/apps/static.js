const express = require('express');
const favicon = require('serve-favicon');
const path = require('path');

const app = express();
app.use(favicon(path.join(__dirname, '..', 'public', 'favicon.ico')));
app.use(express.static('public', { etag: false, lastModified: false, setHeaders: (res, file) => res.set('X-File', path.basename(file)) }));
app.get('/file/:name', (req, res, next) => {
  res.sendFile(req.params.name, { root: path.join(__dirname, '../public'), dotfiles: 'deny', cacheControl: false }, (err) => err && next(err));
});
app.get('/download', (req, res) => res.download('public/page.html'));
app.use((err, req, res, next) => res.status(err.status || 500).send(err.code || err.name));
app.listen(process.env.PORT || 3000);
