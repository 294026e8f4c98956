// expect: awake
module.exports = () => new Promise((resolve) => setTimeout(() => resolve("awake"), 10));
