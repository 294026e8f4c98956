const path = require('path');
const fs = require('fs');
const express = require('express');
const multer = require('multer');

const app = express();
const storage = multer.diskStorage({
  destination: (req, file, cb) => {
    fs.mkdirSync('uploads', { recursive: true });
    cb(null, 'uploads/');
  },
  filename: (req, file, cb) => cb(null, `${file.fieldname}-${file.originalname}`),
});
const upload = multer({
  storage,
  limits: { fileSize: 64 * 1024 },
  fileFilter: (req, file, cb) => cb(null, !file.originalname.endsWith('.exe')),
});

app.use('/uploads', express.static('uploads'));

app.post('/profile', upload.single('avatar'), (req, res) => {
  if (!req.file) return res.status(400).json({ error: 'no file', body: req.body });
  const { fieldname, originalname, mimetype, size, filename, destination } = req.file;
  res.status(201).json({ fieldname, originalname, mimetype, size, filename, destination, name: req.body.name });
});

app.post('/photos', upload.array('photos', 2), (req, res) => {
  res.json(req.files.map((file) => ({ path: path.normalize(file.path), text: fs.readFileSync(file.path, 'utf8') })));
});

app.get('/files', (req, res) => {
  const list = fs.existsSync('uploads') ? fs.readdirSync('uploads').sort() : [];
  res.json(list.map((name) => ({ name, size: fs.statSync(path.join('uploads', name)).size })));
});

app.delete('/files/:name', (req, res, next) => {
  fs.unlink(path.join('uploads', path.basename(req.params.name)), (err) => (err ? next(err) : res.status(204).end()));
});

app.use((err, req, res, next) => {
  if (err instanceof multer.MulterError) return res.status(413).json({ code: err.code, field: err.field });
  res.status(err.code === 'ENOENT' ? 404 : 500).json({ error: err.code || err.message });
});

app.listen(process.env.PORT || 3000);
