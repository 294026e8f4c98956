// expect: Workers run no other programs
const { execFileSync } = require("child_process");

module.exports = () => String(execFileSync("uname"));
