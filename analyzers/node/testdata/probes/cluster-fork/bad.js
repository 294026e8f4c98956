// expect: Workers have no processes
const cluster = require("cluster");

module.exports = () => cluster.fork() && "forked";
