// expect: settings
const http = require("http");

http.createServer((request, response) => response.end("settings")).listen(4004);
const settings = fetch("http://localhost:4004/").then((response) => response.text());

module.exports = () => settings;
