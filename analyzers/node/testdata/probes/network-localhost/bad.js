// expect: ECONNREFUSED
const http = require("http");

module.exports = () =>
  new Promise((resolve) => {
    http.get("http://localhost:9299/", () => resolve("answered")).on("error", (error) => resolve(error.code));
  });
