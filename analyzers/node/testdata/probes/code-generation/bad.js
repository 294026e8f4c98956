// expect: EvalError not implemented
const vm = require("vm");

const failure = (work) => {
  try {
    return String(work());
  } catch (error) {
    return error;
  }
};

module.exports = () => {
  const text = "1 + 1";
  return `${failure(() => eval(text)).name} ${failure(() => vm.runInNewContext(text)).message.includes("not implemented") ? "not implemented" : "runs"}`;
};
