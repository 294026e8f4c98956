// expect: written
// expect: the app did not answer
// expect: kept
const fs = require("fs");

module.exports = (step) => {
  if (step === 2) process.exit(0);
  if (step === 3) return fs.readFileSync("/data/note.txt", "utf8");
  fs.writeFileSync("/data/note.txt", "kept");
  return "written";
};
