import http from 'node:http';
import { readFile } from 'node:fs/promises';
import formidable, { errors as formidableErrors } from 'formidable';

const server = http.createServer(async (req, res) => {
  if (req.url === '/api/upload' && req.method.toLowerCase() === 'post') {
    const form = formidable({ maxFileSize: 50 * 1024, allowEmptyFiles: false, keepExtensions: true });
    try {
      const [fields, files] = await form.parse(req);
      const list = await Promise.all(
        Object.values(files)
          .flat()
          .map(async (file) => ({
            name: file.originalFilename,
            type: file.mimetype,
            size: file.size,
            text: await readFile(file.filepath, 'utf8'),
          })),
      );
      res.writeHead(200, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify({ fields, files: list }));
    } catch (err) {
      res.writeHead(err.httpCode || 400, { 'Content-Type': 'text/plain' });
      res.end(`${err.code === formidableErrors.biggerThanTotalMaxFileSize ? 'too big: ' : ''}${err.code}`);
    }
    return;
  }
  res.writeHead(200, { 'Content-Type': 'text/html' });
  res.end('<form action="/api/upload" enctype="multipart/form-data" method="post"></form>');
});

server.listen(process.env.PORT || 3000);
