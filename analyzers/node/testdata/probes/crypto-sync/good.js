// expect: 32 text
const crypto = require("crypto");
const zlib = require("zlib");
const { promisify } = require("util");

module.exports = async () => {
  const key = await promisify(crypto.pbkdf2)("password", "salt", 1000, 32, "sha256");
  return `${key.length} ${zlib.gunzipSync(zlib.gzipSync("text"))}`;
};
