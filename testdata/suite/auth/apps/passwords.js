// Passwords with what Node and the usual packages have: bcrypt, bcryptjs, scrypt, pbkdf2, scrypt-js, crypto-js, tweetnacl.
const express = require("express");
const {
  pbkdf2,
  pbkdf2Sync,
  randomBytes,
  scrypt,
  scryptSync,
  timingSafeEqual,
  createHmac,
  createCipheriv,
  createDecipheriv,
  hkdfSync,
} = require("node:crypto");
const { promisify } = require("node:util");
const bcrypt = require("bcrypt");
const bcryptjs = require("bcryptjs");
const { scrypt: scryptJs } = require("scrypt-js");
const CryptoJS = require("crypto-js");
const nacl = require("tweetnacl");

const app = express();
app.use(express.json());
app.post("/bcrypt", async (req, res) => {
  const hash = await bcrypt.hash(req.body.password, 5);
  res.json({
    prefix: hash.slice(0, 7),
    right: await bcrypt.compare(req.body.password, hash),
    wrong: await bcrypt.compare("x", hash),
    other: bcryptjs.compareSync(req.body.password, hash),
    rounds: bcrypt.getRounds(hash),
  });
});
app.get("/known", (req, res) =>
  res.json(bcrypt.compareSync("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")),
);
app.get("/pbkdf2", async (req, res) => {
  const key = await promisify(pbkdf2)("secret", "salt", 1000, 32, "sha512");
  res.json({ key: key.toString("hex"), same: timingSafeEqual(key, pbkdf2Sync("secret", "salt", 1000, 32, "sha512")) });
});
app.get("/scrypt", async (req, res) => {
  const key = await promisify(scrypt)("secret", "salt", 32, { N: 1024, r: 8, p: 1 });
  const inJs = await scryptJs(Buffer.from("secret"), Buffer.from("salt"), 1024, 8, 1, 32);
  res.json({
    key: key.toString("base64"),
    sync: scryptSync("secret", "salt", 16).toString("hex"),
    same: key.equals(Buffer.from(inJs)),
  });
});
app.get("/node", (req, res) => {
  const iv = Buffer.alloc(12, 1);
  const cipher = createCipheriv("aes-256-gcm", Buffer.alloc(32, 2), iv);
  const sealed = Buffer.concat([cipher.update("hello", "utf8"), cipher.final()]);
  const decipher = createDecipheriv("aes-256-gcm", Buffer.alloc(32, 2), iv).setAuthTag(cipher.getAuthTag());
  res.json({
    sealed: sealed.toString("hex"),
    tag: cipher.getAuthTag().toString("hex"),
    opened: decipher.update(sealed, undefined, "utf8") + decipher.final("utf8"),
    hmac: createHmac("sha256", "k").update("data").digest("base64url"),
    hkdf: Buffer.from(hkdfSync("sha256", "key", "salt", "info", 16)).toString("hex"),
    random: randomBytes(8).length,
  });
});
app.get("/crypto-js", (req, res) =>
  res.json({
    md5: CryptoJS.MD5("x").toString(),
    aes: CryptoJS.AES.decrypt(CryptoJS.AES.encrypt("text", "pass").toString(), "pass").toString(CryptoJS.enc.Utf8),
  }),
);
app.get("/nacl", (req, res) => {
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(5));
  const signature = nacl.sign.detached(Buffer.from("message"), secretKey);
  res.json({
    valid: nacl.sign.detached.verify(Buffer.from("message"), signature, publicKey),
    signature: Buffer.from(signature).toString("hex"),
  });
});
app.listen(3000);
