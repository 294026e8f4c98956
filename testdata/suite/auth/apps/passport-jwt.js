// Passport with tokens: passport-jwt, bearer tokens and scopes.
const express = require("express");
const jwt = require("jsonwebtoken");
const passport = require("passport");
const { ExtractJwt, Strategy: JwtStrategy } = require("passport-jwt");
const { Strategy: BearerStrategy } = require("passport-http-bearer");

const secret = process.env.JWT_SECRET;
passport.use(
  new JwtStrategy(
    {
      jwtFromRequest: ExtractJwt.fromExtractors([
        ExtractJwt.fromAuthHeaderAsBearerToken(),
        ExtractJwt.fromUrlQueryParameter("token"),
      ]),
      secretOrKey: secret,
      issuer: "suite",
    },
    (payload, done) => done(null, payload.sub === "nobody" ? false : { id: payload.sub, scope: payload.scope }),
  ),
);
passport.use(
  new BearerStrategy((token, done) => done(null, token === "static-key" ? { id: "machine" } : false, { scope: "all" })),
);

const app = express();
app.use(express.json());
app.post("/token", (req, res) => {
  const { sub, scope, expiresIn = "1h", issuer = "suite" } = req.body;
  res.json({ token: jwt.sign({ scope }, secret, { subject: sub, expiresIn, issuer }) });
});
app.get("/me", passport.authenticate("jwt", { session: false }), (req, res) => res.json(req.user));
app.get("/admin", passport.authenticate("jwt", { session: false }), (req, res) =>
  req.user.scope?.includes("admin") ? res.json({ admin: true }) : res.sendStatus(403),
);
app.get("/machine", passport.authenticate("bearer", { session: false }), (req, res) =>
  res.json({ user: req.user, info: req.authInfo }),
);
app.listen(3000);
