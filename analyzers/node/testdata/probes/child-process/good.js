// expect: loaded
const childProcess = require("child_process");

module.exports = () => (typeof childProcess.exec === "function" ? "loaded" : "missing");
