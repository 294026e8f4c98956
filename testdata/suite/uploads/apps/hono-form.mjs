import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

const app = new Hono();

app.post('/upload', async (c) => {
  const body = await c.req.parseBody({ all: true });
  const out = {};
  for (const [key, value] of Object.entries(body)) {
    const values = [value].flat();
    out[key] = await Promise.all(
      values.map(async (v) => (v instanceof File ? { name: v.name, size: v.size, text: await v.text() } : v)),
    );
  }
  return c.json(out);
});

app.post('/limited', bodyLimit({ maxSize: 300, onError: (c) => c.text('overflow :(', 413) }), async (c) => {
  const form = await c.req.formData();
  return c.json([...form.keys()]);
});

app.put('/raw', async (c) => {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  return c.json({ length: bytes.length, type: c.req.header('content-type') });
});

app.get('/', (c) => c.text('ready'));

serve({ fetch: app.fetch, port: Number(process.env.PORT) || 3000 });
