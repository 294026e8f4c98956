// What static middleware does: look at a file, and stream it.
// expect: 200 text/plain All sales are final.
const fs = require("fs");
const http = require("http");
const path = require("path");

http
  .createServer((request, response) => {
    const file = path.resolve("fs-read", `.${request.url}`);
    response.writeHead(200, { "content-type": "text/plain", "content-length": fs.statSync(file).size });
    fs.createReadStream(file).pipe(response);
  })
  .listen(4002);

module.exports = async () => {
  const response = await fetch("http://localhost:4002/terms.txt");
  return `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
};
