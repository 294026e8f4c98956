// expect: written
// expect: the app did not answer
// expect: lost
const fs = require("fs");

module.exports = (step) => {
  if (step === 2) process.exit(0);
  if (step === 3) return fs.existsSync("/app/state.json") ? "kept" : "lost";
  fs.writeFileSync("/app/state.json", "{}");
  return "written";
};
