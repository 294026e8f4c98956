// expect: :status
const http2 = require("http2");

module.exports = () => http2.constants.HTTP2_HEADER_STATUS;
