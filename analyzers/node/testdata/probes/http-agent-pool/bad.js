// An agent that allows one connection at a time does not keep two requests apart.
// expect: 2 at once
const http = require("http");

let open = 0;
let most = 0;
http
  .createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end();
    }, 100);
  })
  .listen(4006);

const agent = new http.Agent({ maxSockets: 1 });
const ask = () =>
  new Promise((resolve, reject) => {
    http.get("http://localhost:4006/", { agent }, (response) => response.resume().on("end", resolve)).on("error", reject);
  });

module.exports = async () => {
  await Promise.all([ask(), ask()]);
  return `${most} at once`;
};
