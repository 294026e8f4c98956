// graceful-fs: fs as it is. Files live in memory and in SQLite, so there is no limit of descriptors to wait for.
const fs = require("fs");
module.exports = Object.assign({}, fs, { promises: fs.promises, gracefulify: (other) => other });
