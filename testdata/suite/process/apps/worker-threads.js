const path = require('path');
const express = require('express');
const { Worker, isMainThread, parentPort, workerData, threadId, MessageChannel } = require('worker_threads');

if (isMainThread) {
  const app = express();

  app.get('/fibonacci/:n', (req, res, next) => {
    const worker = new Worker(__filename, { workerData: { n: Number(req.params.n) } });
    worker.once('message', (result) => res.json({ result, threadIdIsNumber: typeof worker.threadId === 'number' }));
    worker.once('error', (err) => res.status(422).json({ error: err.message, name: err.name }));
  });

  const echo = new Worker(path.join(__dirname, '..', 'tasks', 'echo.js'), { name: 'echo', env: { GREETING: 'hello' } });
  let lastId = 0;
  app.get('/echo', (req, res) => {
    const id = ++lastId;
    const onMessage = (message) => {
      if (message.id !== id) return;
      echo.off('message', onMessage);
      delete message.id;
      res.json(message);
    };
    echo.on('message', onMessage);
    echo.postMessage({ id, map: new Map([['a', 1]]), date: new Date(0), text: String(req.query.text) });
  });

  app.get('/channel', (req, res) => {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker('./tasks/port.js');
    worker.postMessage({ port: port2 }, [port2]);
    const heard = [];
    port1.on('message', (value) => heard.push(value));
    port1.postMessage('through the channel');
    worker.on('exit', (code) => res.json({ heard, code }));
  });

  app.get('/terminate', async (req, res) => {
    const worker = new Worker(path.join(__dirname, '../tasks/endless.js'));
    await new Promise((resolve) => worker.once('message', resolve));
    res.json({ code: await worker.terminate() });
  });

  app.get('/shared', (req, res) => {
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(path.join(__dirname, '../tasks/count.js'), { workerData: counter });
    worker.on('exit', () => res.json({ counted: Atomics.load(counter, 0) }));
  });

  app.listen(process.env.PORT || 3000);
} else {
  if (workerData.n < 0) throw new RangeError('negative');
  const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
  parentPort.postMessage(fibonacci(workerData.n) + (threadId > 0 ? 0 : NaN));
}
