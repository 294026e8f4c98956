import { createServer } from 'node:http';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs, promisify, inspect, format, styleText, types } from 'node:util';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text, json } from 'node:stream/consumers';
import { performance, PerformanceObserver } from 'node:perf_hooks';
import zlib from 'node:zlib';

const gzip = promisify(zlib.gzip);
const upper = () => new Transform({ transform(chunk, encoding, done) { done(null, chunk.toString().toUpperCase()); } });

const routes = {
  async '/pipeline'() {
    await pipeline(Readable.from(['one\n', 'two\n', 'three\n']), upper(), createWriteStream('/tmp/lines.txt'));
    const lines = [];
    for await (const line of createInterface({ input: createReadStream('/tmp/lines.txt'), crlfDelay: Infinity })) lines.push(line);
    return lines;
  },
  async '/zlib'() {
    const data = 'compress me '.repeat(200);
    const out = {};
    for (const [name, pack, unpack] of [['gzip', zlib.gzipSync, zlib.gunzipSync], ['deflate', zlib.deflateSync, zlib.inflateSync], ['brotli', zlib.brotliCompressSync, zlib.brotliDecompressSync], ['raw', zlib.deflateRawSync, zlib.inflateRawSync]]) {
      const packed = pack(data);
      out[name] = { smaller: packed.length < data.length, same: unpack(packed).toString() === data };
    }
    out.stream = (await text(Readable.from([await gzip(data)]).pipe(zlib.createGunzip()))).length;
    out.crc = zlib.crc32('hello');
    return out;
  },
  async '/iterate'() {
    const even = await Readable.from([1, 2, 3, 4, 5, 6]).filter((n) => n % 2 === 0).map(async (n) => n * 10).toArray();
    const doubled = [];
    await pipeline(Readable.from(['a', 'b']), async function* (source) { for await (const chunk of source) yield String(chunk).repeat(2); }, async (source) => { for await (const chunk of source) doubled.push(chunk); });
    const through = new PassThrough();
    through.end('{"from":"json"}');
    return { even, doubled, json: await json(through) };
  },
  '/args'() {
    const { values, positionals } = parseArgs({ args: ['-f', '--bar', 'b', 'pos'], options: { foo: { type: 'boolean', short: 'f' }, bar: { type: 'string' } }, allowPositionals: true });
    return { values, positionals, inspect: inspect({ a: [1, { b: new Map([[1, 2]]) }], c: Symbol('x') }, { depth: 4 }), format: format('%s %d %j %%', 'a', 1.5, { x: 1 }), style: styleText('red', 'r') === '\u001b[31mr\u001b[39m', isDate: types.isDate(new Date()) };
  },
  async '/perf'() {
    const seen = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map((entry) => entry.name)));
    observer.observe({ entryTypes: ['mark', 'measure'] });
    performance.mark('start');
    await new Promise((resolve) => setTimeout(resolve, 5));
    performance.mark('end');
    const measure = performance.measure('both', 'start', 'end');
    await new Promise((resolve) => setTimeout(resolve, 5));
    observer.disconnect();
    return { positive: measure.duration > 0, now: performance.now() > 0, entries: performance.getEntriesByName('both').length > 0 };
  },
  '/intl'() {
    return {
      number: new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5),
      date: new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'Asia/Tokyo' }).format(new Date(0)),
      plural: new Intl.PluralRules('ar').select(3),
      list: new Intl.ListFormat('en').format(['a', 'b', 'c']),
      relative: new Intl.RelativeTimeFormat('es').format(-2, 'day'),
      sorted: ['ä', 'z', 'a'].sort(new Intl.Collator('de').compare),
      locale: (123456.789).toLocaleString('en-IN'),
      words: [...new Intl.Segmenter('en', { granularity: 'word' }).segment('Hello big world')].filter((s) => s.isWordLike).length,
    };
  },
};

createServer(async (req, res) => {
  const route = routes[req.url];
  if (!route) return res.writeHead(404).end();
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify(await route()));
}).listen(process.env.PORT ?? 3000);
