// expect: written
// expect: lost
import fs from "node:fs";

export default (step) => {
  if (step === 2) return fs.existsSync("/tmp/upload") ? "kept" : "lost";
  fs.writeFileSync("/tmp/upload", "x");
  return "written";
};
