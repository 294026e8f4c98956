const { parentPort, workerData, isMainThread } = require('worker_threads');

if (isMainThread) process.exit(0);
parentPort.postMessage(`report for ${workerData.job.worker.workerData.who}`);
parentPort.postMessage('done');
