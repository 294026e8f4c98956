// A watcher of a file that nobody inside the process changes hears nothing.
// expect: silent
const fs = require("fs");

module.exports = () =>
  new Promise((resolve) => {
    fs.watch("/app/fs-read/terms.txt", (event) => resolve(event));
    setTimeout(() => resolve("silent"), 200);
  });
