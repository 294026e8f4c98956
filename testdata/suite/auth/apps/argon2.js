// argon2: a native addon.
const express = require("express");
const argon2 = require("argon2");

const app = express();
app.use(express.json());
app.post("/hash", async (req, res) => {
  const hash = await argon2.hash(req.body.password, {
    type: argon2.argon2id,
    memoryCost: 1024,
    timeCost: 2,
    parallelism: 1,
  });
  res.json({
    prefix: hash.slice(0, 27),
    right: await argon2.verify(hash, req.body.password),
    wrong: await argon2.verify(hash, "x"),
  });
});
app.get("/known", async (req, res) =>
  res.json({
    ok: await argon2.verify(
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
      "password",
    ),
  }),
);
app.listen(3000);
