// Sessions in PostgreSQL by connect-pg-simple, with its table made from the package's own file.
const express = require("express");
const session = require("express-session");
const pgSession = require("connect-pg-simple")(session);
const { Pool } = require("pg");

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const app = express();
app.use(
  session({
    store: new pgSession({ pool, tableName: "auth_sessions", createTableIfMissing: true, pruneSessionInterval: false }),
    secret: process.env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 60000 },
  }),
);
app.post("/visit", (req, res) => res.json({ visits: (req.session.visits = (req.session.visits ?? 0) + 1) }));
app.get("/visits", (req, res) => res.json({ visits: req.session.visits ?? 0 }));
app.get("/stored", async (req, res) =>
  res.json({ stored: (await pool.query("SELECT count(*)::int AS n FROM auth_sessions")).rows[0].n > 0 }),
);
app.post("/end", (req, res, next) => req.session.destroy((error) => (error ? next(error) : res.sendStatus(204))));
app.listen(3000);
