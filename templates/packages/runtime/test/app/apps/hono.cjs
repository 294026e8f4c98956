// @hono/node-server puts classes of its own in the place of the global Request and Response.
const { serve } = require("@hono/node-server");
const { Hono } = require("hono");
const { streamSSE } = require("hono/streaming");

const app = new Hono();
const port = Number(process.env.PORT ?? 3000);
app.get("/", (c) => c.text("hono"));
app.get("/json/:id", (c) => c.json({ id: c.req.param("id"), query: c.req.query() }));
app.post("/echo", async (c) => c.json(await c.req.json()));
app.get("/self", async (c) => {
  const answer = await fetch(`http://localhost:${port}/echo`, { method: "POST", body: JSON.stringify({ a: 1 }) });
  return c.json({ status: answer.status, body: await answer.json() });
});
app.get("/events", (c) =>
  streamSSE(c, async (stream) => {
    for (let i = 0; i < 3; i++) {
      await stream.writeSSE({ data: `event ${i}` });
      await stream.sleep(5);
    }
  }),
);
serve({ fetch: app.fetch, port });
