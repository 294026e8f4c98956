// An addon that a package can do without does no harm.
// expect: in JavaScript
let fast;
try {
  fast = require("./addon.node");
} catch {
  fast = undefined;
}

module.exports = () => (fast ? "native" : "in JavaScript");
