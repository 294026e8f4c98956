// HTTP Basic three ways: passport-http, express-basic-auth, and Digest.
const express = require("express");
const passport = require("passport");
const { BasicStrategy, DigestStrategy } = require("passport-http");
const basicAuth = require("express-basic-auth");

passport.use(
  new BasicStrategy((name, password, done) =>
    done(null, name === "ann" && password === "pass:word" ? { name } : false),
  ),
);
passport.use(new DigestStrategy({ qop: "auth", realm: "suite" }, (name, done) => done(null, { name }, "secret")));

const app = express();
app.get("/passport", passport.authenticate("basic", { session: false }), (req, res) => res.json(req.user));
app.get("/middleware", basicAuth({ users: { bob: "hunter2" }, challenge: true, realm: "suite" }), (req, res) =>
  res.json({ user: req.auth.user }),
);
app.get("/digest", passport.authenticate("digest", { session: false }), (req, res) => res.json(req.user));
app.listen(3000);
