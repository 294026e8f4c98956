// expect: 3 2 42
const vm = require("vm");

module.exports = () => {
  const sum = new Function("a", "b", "return a + b")(1, 2);
  return `${sum} ${(0, eval)("1 + 1")} ${vm.runInNewContext("answer * 2", { answer: 21 })}`;
};
