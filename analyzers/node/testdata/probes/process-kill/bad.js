// expect: ESRCH
module.exports = () => String(process.kill(42, "SIGTERM"));
