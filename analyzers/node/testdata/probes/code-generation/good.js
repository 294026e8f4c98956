// expect: 3
module.exports = () => String(new Function("a", "b", "return a + b")(1, 2));
