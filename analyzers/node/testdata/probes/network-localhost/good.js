// expect: own
const http = require("http");

http.createServer((request, response) => response.end("own")).listen(4005);

module.exports = async () => (await fetch("http://127.0.0.1:4005/")).text();
