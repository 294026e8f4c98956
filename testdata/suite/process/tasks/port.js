const { parentPort } = require('worker_threads');

parentPort.once('message', ({ port }) => {
  port.once('message', (text) => {
    port.postMessage(`${text} and back`);
    port.close();
    setTimeout(() => process.exit(7), 50);
  });
});
