// expect: Workers have no threads
const { Worker } = require("worker_threads");

module.exports = () => new Worker("/app/job.js") && "started";
