// jose: signed and encrypted tokens, a JSON Web Key Set served and used over HTTP.
import { createServer } from "node:http";
import * as jose from "jose";

const keys = await jose.generateKeyPair("ES256", { extractable: true });
const ed = await jose.generateKeyPair("EdDSA", { crv: "Ed25519" });
const jwk = { ...(await jose.exportJWK(keys.publicKey)), kid: "one", alg: "ES256", use: "sig" };
const secret = new TextEncoder().encode(process.env.JWT_SECRET);
const sealing = new Uint8Array(32).fill(7);
const remote = jose.createRemoteJWKSet(new URL("http://localhost:3000/jwks.json"));
const sign = () =>
  new jose.SignJWT({ role: "admin" })
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setIssuer("suite")
    .setExpirationTime("1h")
    .sign(keys.privateKey);

const routes = {
  "/jwks.json": async () => ({ keys: [jwk] }),
  "/remote": async () => {
    const { payload, protectedHeader } = await jose.jwtVerify(await sign(), remote, { issuer: "suite" });
    return { role: payload.role, protectedHeader };
  },
  "/wrong-issuer": async () => jose.jwtVerify(await sign(), remote, { issuer: "other" }),
  "/encrypted": async () => {
    const token = await new jose.EncryptJWT({ hidden: true })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(sealing);
    return (await jose.jwtDecrypt(token, sealing)).payload;
  },
  "/password": async () => {
    const jwe = await new jose.CompactEncrypt(new TextEncoder().encode("text"))
      .setProtectedHeader({ alg: "PBES2-HS256+A128KW", enc: "A128CBC-HS256" })
      .setKeyManagementParameters({ p2c: 2048 })
      .encrypt(secret);
    const { plaintext } = await jose.compactDecrypt(jwe, secret, { keyManagementAlgorithms: ["PBES2-HS256+A128KW"] });
    return new TextDecoder().decode(plaintext);
  },
  "/ed25519": async () => {
    const jws = await new jose.CompactSign(new TextEncoder().encode("signed"))
      .setProtectedHeader({ alg: "EdDSA" })
      .sign(ed.privateKey);
    return new TextDecoder().decode((await jose.compactVerify(jws, ed.publicKey)).payload);
  },
  "/thumbprint": async () => jose.calculateJwkThumbprint({ kty: "EC", crv: "P-256", x: "x", y: "y" }),
};

createServer(async (req, res) => {
  const answer = (status, value) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (!routes[req.url]) return answer(404, { error: "not found" });
  await routes[req.url]().then(
    (value) => answer(200, value),
    (error) => answer(401, { code: error.code, claim: error.claim }),
  );
}).listen(3000);
