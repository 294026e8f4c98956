// expect: reached
const http = require("http");

http.createServer((request, response) => response.end("reached")).listen(4001);

module.exports = async () => (await fetch("http://localhost:4001/")).text();
