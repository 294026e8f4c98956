// expect: Code generation from strings disallowed for this context
export default () => new Function("return 1")();
