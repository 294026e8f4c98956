// expect: served
const https = require("https");

https.createServer({ key: "unused", cert: "unused" }, (request, response) => response.end("served")).listen(4443);

module.exports = async () => (await fetch("http://localhost:4443/")).text();
