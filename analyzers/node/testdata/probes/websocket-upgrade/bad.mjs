// expect: no upgrade
import http from "node:http";
import { handleAsNodeRequest } from "cloudflare:node";

export default async () => {
  const heard = new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      response.end();
      resolve("no upgrade");
    });
    server.on("upgrade", () => resolve("upgrade"));
    server.listen(4003);
  });
  const request = new Request("http://localhost/", { headers: { connection: "upgrade", upgrade: "websocket" } });
  handleAsNodeRequest(4003, request).catch(() => {});
  return heard;
};
