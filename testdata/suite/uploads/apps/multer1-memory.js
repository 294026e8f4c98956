const crypto = require('crypto');
const express = require('express');
const multer = require('multer1');

const app = express();
const upload = multer({ storage: multer.memoryStorage(), limits: { files: 3, fields: 4 } });

const describe = (file) => ({
  name: file.originalname,
  encoding: file.encoding,
  type: file.mimetype,
  size: file.size,
  sha1: crypto.createHash('sha1').update(file.buffer).digest('hex'),
});

app.post('/any', upload.any(), (req, res) => res.json({ body: req.body, files: req.files.map(describe) }));

app.post('/fields', upload.fields([{ name: 'cv', maxCount: 1 }, { name: 'letters', maxCount: 2 }]), (req, res) => {
  const out = {};
  for (const [name, files] of Object.entries(req.files)) out[name] = files.map(describe);
  res.json(out);
});

app.post('/none', upload.none(), (req, res) => res.json(req.body));

app.get('/', (req, res) => res.send('<form method="post" enctype="multipart/form-data" action="/any"><input type="file" name="cv"></form>'));

app.use((err, req, res, next) => {
  res.status(err.name === 'MulterError' ? 400 : 422).json({ name: err.name, code: err.code, message: err.message });
});

app.listen(process.env.PORT || 3000);
