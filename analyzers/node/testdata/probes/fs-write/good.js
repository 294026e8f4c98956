// expect: written
// expect: kept
const fs = require("fs");

module.exports = (step) => {
  if (step === 2) return fs.readFileSync("/app/good.json", "utf8");
  fs.writeFileSync("/app/good.json", "kept");
  return "written";
};
