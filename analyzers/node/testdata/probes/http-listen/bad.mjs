// expect: refused
import http from "node:http";

export default async () => {
  http.createServer((request, response) => response.end("reached")).listen(4001);
  return fetch("http://localhost:4001/").then((response) => response.text(), () => "refused");
};
