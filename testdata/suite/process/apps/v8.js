const http = require('http');
const v8 = require('v8');

http
  .createServer((req, res) => {
    const value = {
      text: 'häß ☃',
      n: -42,
      float: 1.5,
      big: 12345678901234567890n,
      nothing: null,
      missing: undefined,
      list: [1, , 'x', [true, false]],
      map: new Map([['k', { v: 1 }]]),
      set: new Set([1, 'two']),
      date: new Date(86400000),
      re: /a+b/gi,
      buffer: Buffer.from('bytes'),
      typed: new Float64Array([0.5, 2]),
      error: new RangeError('out'),
    };
    value.self = value;
    const bytes = v8.serialize(value);
    const back = v8.deserialize(bytes);
    res.setHeader('content-type', 'application/json');
    res.end(
      JSON.stringify({
        isBuffer: Buffer.isBuffer(bytes),
        length: v8.serialize({ a: 1, b: 'x' }).toString('hex'),
        text: back.text,
        n: back.n + back.float,
        big: String(back.big),
        hasMissing: 'missing' in back,
        list: back.list.length,
        hole: 1 in back.list,
        map: back.map.get('k').v,
        set: [...back.set],
        date: back.date.toISOString(),
        re: String(back.re),
        buffer: back.buffer.toString(),
        typed: [...back.typed],
        error: back.error instanceof RangeError && back.error.message,
        self: back.self === back,
        heap: Object.keys(v8.getHeapStatistics()).includes('heap_size_limit'),
      }),
    );
  })
  .listen(process.env.PORT || 3000);
