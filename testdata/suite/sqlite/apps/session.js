const express = require("express");
const session = require("express-session");
const SQLiteStore = require("connect-sqlite3")(session);

const app = express();
app.use(session({ store: new SQLiteStore({ db: "sessions.db" }), secret: "only for tests", resave: false, saveUninitialized: false }));
app.get("/", (req, res) => {
  req.session.views = (req.session.views || 0) + 1;
  res.json({ views: req.session.views });
});
app.get("/logout", (req, res) => req.session.destroy(() => res.json({ ended: true })));
app.listen(process.env.PORT || 3000);
