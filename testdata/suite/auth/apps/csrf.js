// Tokens against cross-site requests: csurf with a session, csrf-csrf with double submitted cookies.
const express = require("express");
const cookieParser = require("cookie-parser");
const session = require("express-session");
const csurf = require("csurf");
const { doubleCsrf } = require("csrf-csrf");

const app = express();
app.use(cookieParser(), express.urlencoded({ extended: true }), express.json());
app.use(session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: true }));

const classic = express.Router();
classic.use(csurf());
classic.get("/form", (req, res) => res.json({ token: req.csrfToken() }));
classic.post("/form", (req, res) => res.json({ name: req.body.name }));

const { generateCsrfToken, doubleCsrfProtection } = doubleCsrf({
  getSecret: () => process.env.JWT_SECRET,
  getSessionIdentifier: (req) => req.sessionID,
  cookieName: "x-csrf",
  cookieOptions: { secure: false, sameSite: "strict" },
});
app.use("/classic", classic);
app.get("/double/token", (req, res) => res.json({ token: generateCsrfToken(req, res) }));
app.post("/double/form", doubleCsrfProtection, (req, res) => res.json({ saved: true }));
app.use((error, req, res, next) =>
  res.status(error.statusCode ?? error.status ?? 500).json({ code: error.code, message: error.message }),
);
app.listen(3000);
