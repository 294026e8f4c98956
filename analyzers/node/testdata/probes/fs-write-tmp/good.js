// expect: written
// expect: kept
const fs = require("fs");
const os = require("os");
const path = require("path");

const file = path.join(os.tmpdir(), "upload");

module.exports = (step) => {
  if (step === 2) return fs.existsSync(file) ? "kept" : "lost";
  fs.writeFileSync(file, "x");
  return "written";
};
