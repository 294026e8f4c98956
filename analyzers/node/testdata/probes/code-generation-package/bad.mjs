// What validators and template engines do when a request is served.
// expect: EvalError
export default () => new Function("data", "return data.name")({ name: "x" });
