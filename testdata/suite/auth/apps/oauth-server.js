// An OAuth 2 server by @node-oauth/oauth2-server: client credentials, password and authorization code grants.
const express = require("express");
const OAuth2Server = require("@node-oauth/oauth2-server");
const { Request, Response } = OAuth2Server;

const clients = [
  {
    id: "app",
    secret: "app secret",
    grants: ["client_credentials", "password", "refresh_token", "authorization_code"],
    redirectUris: ["http://localhost:3000/callback", "http://localhost:3000/connect/suite/callback"],
  },
];
const tokens = [];
const codes = new Map();
const model = {
  getClient: async (id, secret) =>
    clients.find((client) => client.id === id && (secret === null || client.secret === secret)) ?? null,
  getUser: async (name, password) => (name === "ann" && password === "secret" ? { id: 1, name } : null),
  getUserFromClient: async () => ({ id: 0, name: "machine" }),
  saveToken: async (token, client, user) => (tokens.push({ ...token, client, user }), tokens.at(-1)),
  getAccessToken: async (text) => tokens.find(({ accessToken }) => accessToken === text) ?? null,
  getRefreshToken: async (text) => tokens.find(({ refreshToken }) => refreshToken === text) ?? null,
  revokeToken: async (token) => (tokens.splice(tokens.indexOf(token), 1), true),
  saveAuthorizationCode: async (code, client, user) => (
    codes.set(code.authorizationCode, { ...code, client, user }),
    codes.get(code.authorizationCode)
  ),
  getAuthorizationCode: async (text) => codes.get(text) ?? null,
  revokeAuthorizationCode: async ({ authorizationCode }) => codes.delete(authorizationCode),
  verifyScope: async (token, scope) => scope.every((name) => token.scope?.includes(name)),
  validateScope: async (user, client, scope) => scope ?? ["read"],
};
const oauth = new OAuth2Server({ model, accessTokenLifetime: 600, allowEmptyState: true });

const app = express();
app.use(express.json(), express.urlencoded({ extended: false }));
const run = (method, options) => async (req, res, next) => {
  const response = new Response(res);
  try {
    const value = await oauth[method](new Request(req), response, options);
    if (method === "authenticate") {
      res.locals.token = value;
      return next();
    }
    res.set(response.headers).status(response.status);
    if (response.status === 302) return res.redirect(response.headers.location);
    // The seconds left differ from run to run.
    const { expires_in: seconds, ...body } = response.body;
    res.json(seconds === undefined ? body : { ...body, lasts: seconds > 500 });
  } catch (error) {
    res.status(error.code ?? 500).json({ name: error.name, message: error.message });
  }
};
app.post("/token", run("token"));
app.get("/authorize", run("authorize", { authenticateHandler: { handle: async () => ({ id: 1, name: "ann" }) } }));
app.get("/me", run("authenticate"), (req, res) => res.json(res.locals.token.user));
app.get("/write", run("authenticate", { scope: ["write"] }), (req, res) => res.json({ ok: true }));
app.listen(3000);
