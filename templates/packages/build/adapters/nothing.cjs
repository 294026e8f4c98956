// A package that must do nothing: every property is this same function, calling or constructing it gives it back.
const nothing = new Proxy(function nothing() {}, {
  get(target, key) {
    // A promise, an iterator or a transpiled module it is not: those would be taken for one and waited for or walked.
    if (key === "then" || key === Symbol.iterator || key === Symbol.asyncIterator || key === "__esModule")
      return undefined;
    if (key === Symbol.toPrimitive) return () => "";
    if (key === "prototype") return target.prototype;
    return nothing;
  },
  apply: () => nothing,
  construct: () => nothing,
  set: () => true,
});
module.exports = nothing;
