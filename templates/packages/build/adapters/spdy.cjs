// spdy: HTTPS without HTTP/2. Cloudflare speaks HTTP/2 with the client and HTTP/1.1 with the app, which spdy falls back to anyway.
const https = require("https");

const Agent = https.Agent;

module.exports = {
  Agent,
  createAgent: (options) => new Agent(options),
  server: { Server: https.Server, create: https.createServer },
  Server: https.Server,
  createServer(base, options, handler) {
    // createServer(options, handler), or with a server class to build on in front.
    return typeof base === "function" ? https.createServer(options, handler) : https.createServer(base, options);
  },
};
