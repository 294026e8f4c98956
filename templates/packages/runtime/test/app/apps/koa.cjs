const Koa = require("koa");
const { PassThrough, Readable } = require("node:stream");

const app = new Koa();
app.use(async (ctx, next) => {
  const start = Date.now();
  await next();
  ctx.set("X-Timed", String(Date.now() - start >= 0));
});
app.use(async (ctx) => {
  switch (ctx.path) {
    case "/":
      ctx.body = "koa";
      break;
    case "/json":
      ctx.body = { path: ctx.path, query: ctx.query, host: typeof ctx.host };
      break;
    case "/stream":
      ctx.body = Readable.from(["one ", "two ", "three"]);
      break;
    case "/message":
      ctx.status = 202;
      ctx.body = ctx.message;
      break;
    case "/throw":
      ctx.throw(403, "no entry");
      break;
    case "/empty":
      ctx.body = null;
      break;
    case "/events": {
      const stream = new PassThrough();
      ctx.type = "text/event-stream";
      ctx.body = stream;
      let count = 0;
      const timer = setInterval(() => {
        stream.write(`id: ${count}\n\n`);
        if (++count === 3) {
          clearInterval(timer);
          stream.end();
        }
      }, 10);
      break;
    }
    case "/flood":
      // Writes as long as somebody reads, in one go.
      ctx.type = "text/plain";
      ctx.body = new Readable({
        read() {
          this.sent = (this.sent ?? 0) + 1;
          this.push(this.sent > 200 ? null : "y".repeat(32768));
        },
      });
      break;
  }
});
app.listen(process.env.PORT ?? 3000);
