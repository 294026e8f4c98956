// jsonwebtoken with shared secrets, RSA and EC keys, expiry, audiences; express-jwt in front of routes.
const express = require("express");
const { generateKeyPairSync } = require("node:crypto");
const { expressjwt } = require("express-jwt");
const jwt = require("jsonwebtoken");

const secret = process.env.JWT_SECRET;
const rsa = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const fixed = jwt.sign({ sub: "ann", iat: 1700000000 }, secret, { algorithm: "HS512", header: { kid: "k1" } });

const app = express();
app.get("/fixed", (req, res) => res.json({ fixed, decoded: jwt.decode(fixed, { complete: true }) }));
app.get("/rsa", (req, res) => {
  const token = jwt.sign({ n: 1 }, rsa.privateKey, { algorithm: "RS256", noTimestamp: true, audience: "a" });
  res.json([jwt.verify(token, rsa.publicKey, { audience: "a" }), token.split(".")[0]]);
});
app.get("/ec", (req, res) => {
  const token = jwt.sign({ n: 2 }, ec.privateKey, { algorithm: "ES256", noTimestamp: true });
  res.json(jwt.verify(token, ec.publicKey, { algorithms: ["ES256"] }));
});
app.get("/pss", (req, res) =>
  res.json(jwt.verify(jwt.sign({ n: 3 }, rsa.privateKey, { algorithm: "PS384", noTimestamp: true }), rsa.publicKey)),
);
app.get("/wrong", (req, res) => {
  const attempts = {
    signature: () => jwt.verify(fixed, "another secret"),
    expired: () => jwt.verify(jwt.sign({ exp: 1 }, secret), secret),
    early: () => jwt.verify(jwt.sign({ nbf: 4000000000 }, secret), secret),
    audience: () => jwt.verify(jwt.sign({ aud: "b" }, secret), secret, { audience: "a" }),
    malformed: () => jwt.verify("not.a.token", secret),
    algorithm: () => jwt.verify(fixed, secret, { algorithms: ["RS256"] }),
  };
  res.json(
    Object.entries(attempts).map(([name, attempt]) => {
      try {
        return [name, attempt()];
      } catch (error) {
        return [name, error.name, error.message];
      }
    }),
  );
});
app.post("/token", (req, res) => res.json({ token: jwt.sign({ sub: "ann" }, secret, { expiresIn: 60 }) }));
app.get("/protected", expressjwt({ secret, algorithms: ["HS256"] }), (req, res) => res.json({ sub: req.auth.sub }));
app.use((error, req, res, next) => res.status(error.status ?? 500).json({ code: error.code, message: error.message }));
app.listen(3000);
