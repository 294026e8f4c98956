// One-time passwords and QR codes for a second factor.
const express = require("express");
const speakeasy = require("speakeasy");
const otplib = require("otplib");
const QRCode = require("qrcode");

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const app = express();
app.get("/hotp/:n", (req, res) =>
  res.json({ token: speakeasy.hotp({ secret, encoding: "base32", counter: Number(req.params.n) }) }),
);
app.get("/totp", (req, res) => {
  const token = speakeasy.totp({ secret, encoding: "base32" });
  res.json({
    valid: speakeasy.totp.verify({ secret, encoding: "base32", token, window: 1 }),
    wrong: speakeasy.totp.verify({ secret, encoding: "base32", token: "000000x" }),
  });
});
app.get("/otplib", async (req, res) => {
  const token = await otplib.generate({ secret });
  res.json({ length: token.length, valid: (await otplib.verify({ secret, token })).valid });
});
app.get("/qr.svg", async (req, res) =>
  res.type("svg").send(await QRCode.toString(`otpauth://totp/suite?secret=${secret}`, { type: "svg" })),
);
app.get("/qr.png", async (req, res) => res.type("png").send(await QRCode.toBuffer("hello")));
app.get("/qr", async (req, res) => res.json({ url: (await QRCode.toDataURL("hello")).slice(0, 22) }));
app.listen(3000);
