const Koa = require('koa');
const { koaBody } = require('koa-body');
const fs = require('node:fs/promises');

const app = new Koa();
app.use(koaBody({ multipart: true, formidable: { keepExtensions: true } }));
app.use(async (ctx) => {
  const files = {};
  for (const [field, file] of Object.entries(ctx.request.files ?? {})) {
    files[field] = {
      name: file.originalFilename,
      type: file.mimetype,
      size: file.size,
      text: await fs.readFile(file.filepath, 'utf8'),
    };
  }
  ctx.body = { body: ctx.request.body ?? null, files };
});
app.listen(3000);
