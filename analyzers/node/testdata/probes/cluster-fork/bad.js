// expect: 2 workers, 1 runs
const cluster = require("cluster");

module.exports = async () => {
  const workers = [cluster.fork(), cluster.fork()];
  const running = workers.filter((worker) => worker.isConnected()).length;
  for (const worker of workers) worker.kill();
  return `${workers.length} workers, ${running} runs`;
};
