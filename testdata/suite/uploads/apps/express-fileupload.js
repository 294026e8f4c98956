const express = require('express');
const fileUpload = require('express-fileupload');

const app = express();

app.use('/temp', fileUpload({ useTempFiles: true, tempFileDir: '/tmp/', safeFileNames: true, preserveExtension: true }));
app.use('/memory', fileUpload({ limits: { fileSize: 1024 }, abortOnLimit: true, responseOnLimit: 'File too big' }));

async function save(req, res) {
  if (!req.files || Object.keys(req.files).length === 0) return res.status(400).send('No files were uploaded.');
  const file = req.files.sample;
  await file.mv(`/tmp/moved-${file.name}`);
  res.json({ name: file.name, size: file.size, md5: file.md5, type: file.mimetype, truncated: file.truncated });
}

app.post('/temp/upload', save);
app.post('/memory/upload', save);
app.get('/moved/:name', (req, res) => {
  res.sendFile(`/tmp/moved-${req.params.name}`, (err) => {
    if (err && !res.headersSent) res.status(404).send('no such file');
  });
});

app.listen(process.env.PORT || 3000);
