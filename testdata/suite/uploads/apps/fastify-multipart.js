const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');
const fastify = require('fastify')({ logger: false });

fastify.register(require('@fastify/multipart'), { limits: { fileSize: 20000, fields: 5 } });

fastify.post('/stream', async (req) => {
  const data = await req.file();
  await pipeline(data.file, fs.createWriteStream('/tmp/fastify-upload'));
  return { filename: data.filename, mimetype: data.mimetype, size: fs.statSync('/tmp/fastify-upload').size, fields: Object.keys(data.fields) };
});

fastify.post('/parts', async (req) => {
  const out = [];
  for await (const part of req.parts()) {
    if (part.type === 'file') out.push([part.fieldname, part.filename, (await part.toBuffer()).toString('utf8')]);
    else out.push([part.fieldname, part.value]);
  }
  return out;
});

fastify.post('/saved', async (req) => {
  const files = await req.saveRequestFiles();
  return files.map((file) => ({ name: file.filename, size: fs.statSync(file.filepath).size }));
});

fastify.get('/', async () => ({ hello: 'upload' }));

fastify.listen({ port: Number(process.env.PORT) || 3000, host: '0.0.0.0' });
