// expect: All sales are final.
const fs = require("fs");

module.exports = () => fs.readFileSync("/app/fs-read/terms.txt", "utf8");
