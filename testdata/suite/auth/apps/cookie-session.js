// cookie-session and signed cookies, with keys that rotate, behind helmet and cors.
const express = require("express");
const cookieParser = require("cookie-parser");
const cookieSession = require("cookie-session");
const cors = require("cors");
const helmet = require("helmet");

const app = express();
app.use(helmet(), cors({ origin: ["http://a.example"], credentials: true }));
app.use(cookieParser("signing secret"));
app.use(cookieSession({ name: "session", keys: ["key1", "key2"], maxAge: 24 * 60 * 60 * 1000 }));
app.post("/count", (req, res) => {
  req.session.views = (req.session.views || 0) + 1;
  res.json({ views: req.session.views, isNew: !!req.session.isNew });
});
app.get("/views", (req, res) => res.json({ views: req.session.views ?? 0 }));
app.post("/prefer", (req, res) =>
  res
    .cookie("theme", "dark", { signed: true, httpOnly: true })
    .cookie("plain", JSON.stringify({ a: 1 }), { path: "/" })
    .sendStatus(204),
);
app.get("/prefer", (req, res) =>
  res.json({ signed: { ...req.signedCookies }, names: Object.keys(req.cookies).sort() }),
);
app.post("/forget", (req, res) => {
  req.session = null;
  res.clearCookie("theme").sendStatus(204);
});
app.listen(3000);
