// expect: ReferenceError
const failure = (work) => {
  try {
    return String(work());
  } catch (error) {
    return error.name;
  }
};

module.exports = () => {
  const text = "text";
  return failure(() => eval("text + text.length"));
};
