// expect: ERR_METHOD_NOT_IMPLEMENTED
const http2 = require("http2");

module.exports = () => http2.createServer() && "made";
