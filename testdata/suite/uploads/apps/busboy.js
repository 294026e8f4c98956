const http = require('http');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream/promises');
const busboy = require('busboy');

http
  .createServer((req, res) => {
    if (req.method !== 'POST') {
      res.writeHead(405, { Allow: 'POST' }).end('post a form\n');
      return;
    }
    let bb;
    try {
      bb = busboy({ headers: req.headers, limits: { fileSize: 100000 } });
    } catch (err) {
      res.writeHead(400).end(err.message);
      return;
    }
    const fields = {};
    const writes = [];
    bb.on('file', (name, file, info) => {
      const saveTo = path.join(os.tmpdir(), `busboy-${info.filename}`);
      let size = 0;
      file.on('data', (data) => (size += data.length));
      writes.push(
        pipeline(file, fs.createWriteStream(saveTo)).then(() => ({
          name,
          info,
          size,
          truncated: file.truncated,
          head: fs.readFileSync(saveTo, 'latin1').slice(0, 20),
        })),
      );
      writes.at(-1).catch(() => {});
    });
    bb.on('field', (name, value, info) => (fields[name] = { value, truncated: info.valueTruncated }));
    bb.on('error', (err) => res.writeHead(400, { Connection: 'close' }).end(err.message));
    bb.on('close', async () => {
      if (res.writableEnded) return;
      const files = await Promise.all(writes);
      res.writeHead(200, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify({ fields, files }));
    });
    req.pipe(bb);
  })
  .listen(process.env.PORT || 3000);
