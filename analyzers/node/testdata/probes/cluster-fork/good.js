// expect: true 1
const cluster = require("cluster");
const os = require("os");

module.exports = () => `${cluster.isPrimary} ${os.cpus().length}`;
