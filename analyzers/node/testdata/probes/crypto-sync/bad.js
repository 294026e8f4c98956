// A timer that is due waits for the hash.
// expect: hash,timer
const crypto = require("crypto");

module.exports = () =>
  new Promise((resolve) => {
    const order = [];
    setTimeout(() => resolve([...order, "timer"].join()), 1);
    crypto.pbkdf2Sync("password", "salt", 50_000, 32, "sha256");
    order.push("hash");
  });
