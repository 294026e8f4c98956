// expect: true 21
const fs = require("fs");

module.exports = () => `${fs.statSync("/app/fs-read").isDirectory()} ${fs.readFileSync("/app/fs-read/terms.txt").length}`;
