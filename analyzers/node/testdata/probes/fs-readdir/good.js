// expect: terms.txt
const fs = require("fs");

module.exports = () => fs.readdirSync("/app/fs-read").join();
