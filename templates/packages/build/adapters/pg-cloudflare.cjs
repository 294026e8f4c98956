// pg-cloudflare: the socket pg would use in Node. The runtime's net knows the services of the project.
const { Socket } = require("net");
class CloudflareSocket extends Socket {
  constructor() {
    super();
  }
}
module.exports = { CloudflareSocket };
