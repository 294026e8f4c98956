// expect: heard
const fs = require("fs");

module.exports = () =>
  new Promise((resolve) => {
    fs.writeFileSync("/tmp/watched", "a");
    fs.watch("/tmp/watched", () => resolve("heard"));
    fs.writeFileSync("/tmp/watched", "b");
    setTimeout(() => resolve("silent"), 1000);
  });
