// expect: Put its code into a file
// expect: message of 1 in one isolate
const { Worker, parentPort, threadId, isMainThread, workerData } = require("worker_threads");

if (!isMainThread) parentPort.postMessage(`message of ${threadId - workerData} in one isolate`);

const inFile = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: 0 });
    worker.once("message", resolve);
    worker.once("error", reject);
  });

module.exports = (step) => (step === 1 ? new Worker("1 + 1", { eval: true }) : inFile());
