// expect: MODULE_NOT_FOUND
module.exports = () => require("./addon.node") && "loaded";
