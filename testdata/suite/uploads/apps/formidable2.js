const fs = require('fs');
const path = require('path');
const express = require('express');
const formidable = require('formidable2');

const app = express();
const uploadDir = path.join(__dirname, '..', 'incoming');
fs.mkdirSync(uploadDir, { recursive: true });

app.post('/api/upload', (req, res, next) => {
  const form = formidable({ multiples: true, uploadDir, filename: (name, ext, part) => `saved-${part.originalFilename}` });
  const progress = [];
  form.on('file', (name, file) => progress.push(`${name}:${file.originalFilename}`));
  form.parse(req, (err, fields, files) => {
    if (err) return next(err);
    res.json({ fields, progress, stored: fs.readdirSync(uploadDir).sort(), keys: Object.keys(files) });
  });
});

app.get('/', (req, res) => res.send('upload here'));

app.use((err, req, res, next) => {
  res.writeHead(err.httpCode || 400, { 'Content-Type': 'text/plain' });
  res.end(String(err.code));
});

app.listen(process.env.PORT || 3000);
