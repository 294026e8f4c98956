// Sign in by OAuth 2 with PKCE and state, against a provider in the same program.
const express = require("express");
const session = require("express-session");
const passport = require("passport");
const OAuth2Strategy = require("passport-oauth2");

const app = express();
app.use(express.urlencoded({ extended: false }));

// The provider
const codes = new Map();
app.get("/provider/authorize", (req, res) => {
  const { redirect_uri, state, code_challenge, client_id } = req.query;
  if (client_id !== "app") return res.status(400).json({ error: "unknown client" });
  const code = `code-${codes.size + 1}`;
  codes.set(code, code_challenge);
  res.redirect(`${redirect_uri}?code=${code}&state=${encodeURIComponent(state)}`);
});
app.post("/provider/token", (req, res) => {
  if (!codes.has(req.body.code) || !req.body.code_verifier) return res.status(400).json({ error: "invalid_grant" });
  codes.delete(req.body.code);
  res.json({ access_token: "access-ann", token_type: "Bearer", expires_in: 3600 });
});
app.get("/provider/user", (req, res) =>
  req.get("authorization") === "Bearer access-ann" ? res.json({ id: 7, name: "Ann" }) : res.sendStatus(401),
);

// The app
const strategy = new OAuth2Strategy(
  {
    authorizationURL: "http://localhost:3000/provider/authorize",
    tokenURL: "http://localhost:3000/provider/token",
    clientID: "app",
    clientSecret: "app secret",
    callbackURL: "http://localhost:3000/callback",
    pkce: true,
    state: true,
  },
  (accessToken, refreshToken, profile, done) => done(null, profile),
);
strategy.userProfile = (token, done) => {
  strategy._oauth2.useAuthorizationHeaderforGET(true);
  strategy._oauth2.get("http://localhost:3000/provider/user", token, (error, body) =>
    error ? done(error) : done(null, JSON.parse(body)),
  );
};
passport.use(strategy);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

app.use(session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: true }));
app.use(passport.session());
app.get("/login", passport.authenticate("oauth2"));
app.get("/callback", passport.authenticate("oauth2", { failureRedirect: "/failed" }), (req, res) =>
  res.redirect("/me"),
);
app.get("/failed", (req, res) => res.status(401).json({ failed: true }));
app.get("/me", (req, res) => (req.user ? res.json(req.user) : res.sendStatus(401)));
app.use((error, req, res, next) => res.status(502).json({ name: error.name, message: error.message }));
app.listen(3000);
