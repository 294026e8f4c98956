const path = require('node:path');
const express = require('express');
const serveIndex = require('serve-index');

const app = express();

app.use('/files', express.static(path.join(__dirname, '..', 'public'), { maxAge: '1h' }));
app.use('/list', serveIndex('public', { icons: false, view: 'details' }));
app.use('/plain', express.static('public', { index: false, dotfiles: 'deny', extensions: ['html'] }));

app.get('/report', (req, res) => {
  res.sendFile('report.txt', { root: path.resolve('public'), headers: { 'x-sent': 'yes' } }, (err) => {
    if (err && !res.headersSent) res.status(err.status || 500).send(err.message);
  });
});

app.get('/missing', (req, res, next) => {
  res.sendFile(path.join(__dirname, 'does-not-exist.txt'), next);
});

app.get('/download', (req, res) => {
  res.download(path.join(__dirname, '../public/report.txt'), 'Jahresbericht (€).txt');
});

app.use((err, req, res, next) => {
  res.status(err.status || 500).json({ error: err.code || err.message });
});

app.listen(process.env.PORT || 3000);
