// Another service, and the app itself, reach each port under the service's name.
// expect: metrics
const http = require("http");

http.createServer((request, response) => response.end("metrics")).listen(9100);

module.exports = async () => (await fetch("http://app:9100/")).text();
