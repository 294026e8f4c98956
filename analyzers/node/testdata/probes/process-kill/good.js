// expect: heard
module.exports = () =>
  new Promise((resolve) => {
    process.once("SIGUSR2", () => resolve("heard"));
    process.kill(process.pid, "SIGUSR2");
  });
