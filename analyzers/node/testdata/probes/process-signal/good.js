// Listening is harmless: the end of the process does not call it.
// expect: listening
// expect: the app did not answer
// expect: never called
const fs = require("fs");

module.exports = (step) => {
  if (step === 1) {
    process.once("SIGTERM", () => fs.writeFileSync("/data/signal", "called"));
    return "listening";
  }
  if (step === 2) process.exit(0);
  return fs.existsSync("/data/signal") ? "called" : "never called";
};
