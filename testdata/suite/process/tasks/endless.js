const { parentPort } = require('worker_threads');

parentPort.postMessage('started');
setInterval(() => {}, 1000);
