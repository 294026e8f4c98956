// expect: ended
module.exports = () =>
  new Promise((resolve) => {
    process.stdin.on("data", () => resolve("data"));
    process.stdin.on("end", () => resolve("ended"));
    setTimeout(() => resolve("waiting"), 500);
  });
