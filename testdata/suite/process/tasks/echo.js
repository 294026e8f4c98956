const { parentPort } = require('worker_threads');

parentPort.on('message', ({ id, map, date, text }) => {
  parentPort.postMessage({ id, size: map.size, year: date.getUTCFullYear(), text: `${process.env.GREETING} ${text}`, path: process.env.PATH });
});
