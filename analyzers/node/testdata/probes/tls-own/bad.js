// expect: ERR_METHOD_NOT_IMPLEMENTED
const tls = require("tls");

module.exports = () => tls.createServer({}, () => {}) && "made";
