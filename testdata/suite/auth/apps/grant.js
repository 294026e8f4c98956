// Grant: the OAuth flow as configuration, against the server of another service.
const express = require("express");
const session = require("express-session");
const grant = require("grant").express();

const app = express();
app.use(session({ secret: "grant", saveUninitialized: true, resave: false }));
app.use(
  grant({
    defaults: { origin: "http://localhost:3000", transport: "session", state: true },
    suite: {
      authorize_url: `${process.env.PROVIDER}/authorize`,
      access_url: `${process.env.PROVIDER}/token`,
      oauth: 2,
      key: "app",
      secret: "app secret",
      scope: ["read"],
      callback: "/done",
    },
  }),
);
app.get("/done", (req, res) => {
  const { response } = req.session.grant ?? {};
  res.json({
    error: response?.error ?? null,
    token: typeof response?.access_token,
    type: response?.raw?.token_type ?? null,
  });
});
app.listen(3000);
