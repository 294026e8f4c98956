// expect: MODULE_NOT_FOUND
const open = () => new (require("node:sqlite").DatabaseSync)(":memory:");

module.exports = () => open() && "opened";
