// expect: Workers have no UDP
const dgram = require("dgram");

module.exports = () => dgram.createSocket("udp4") && "made";
