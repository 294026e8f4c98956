import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import express from 'express';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const config = JSON.parse(await readFile(join(here, '../public/sub/data.json'), 'utf8'));
const { name } = require('../package.json');
const { default: cors } = await import('cors');

await new Promise((resolve) => setTimeout(resolve, 10));

const app = express();
app.use(cors());
app.get('/', (req, res) => res.json({ config, name, meta: { dirname: import.meta.dirname === here, file: import.meta.filename.endsWith('esm.mjs') } }));
app.get('/lazy', async (req, res) => {
  const { compile } = await import('./lib/greet.mjs');
  res.send(compile(req.query.name ?? 'world'));
});

export const server = app.listen(process.env.PORT || 3000);
