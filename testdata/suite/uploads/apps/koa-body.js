const fs = require('fs');
const Koa = require('koa');
const { koaBody } = require('koa-body');

const app = new Koa();

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (err) {
    ctx.status = err.status || err.httpCode || 400;
    ctx.body = { message: err.message.slice(0, 60) };
  }
});
app.use(koaBody({ multipart: true, text: true, jsonLimit: '1kb', formidable: { uploadDir: '/tmp', keepExtensions: true } }));

app.use(async (ctx) => {
  const files = Object.entries(ctx.request.files || {}).map(([name, file]) => ({
    name,
    filename: file.originalFilename,
    text: fs.readFileSync(file.filepath, 'utf8').slice(0, 40),
  }));
  ctx.body = { method: ctx.method, path: ctx.path, body: ctx.request.body, files };
});

app.listen(process.env.PORT || 3000);
