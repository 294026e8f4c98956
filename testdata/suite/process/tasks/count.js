const { workerData } = require('worker_threads');

for (let i = 0; i < 1000; i++) Atomics.add(workerData, 0, 1);
