// expect: true
const { isMainThread } = require("worker_threads");

module.exports = () => String(isMainThread);
