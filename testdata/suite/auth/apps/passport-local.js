// Passport with a local strategy and sessions in memory.
const express = require("express");
const session = require("express-session");
const MemoryStore = require("memorystore")(session);
const passport = require("passport");
const { Strategy: LocalStrategy } = require("passport-local");
const bcrypt = require("bcryptjs");

const users = [{ id: 1, username: "ann", hash: bcrypt.hashSync("correct horse", 4), role: "admin" }];

passport.use(
  new LocalStrategy(async (username, password, done) => {
    const user = users.find((user) => user.username === username);
    if (!user || !(await bcrypt.compare(password, user.hash)))
      return done(null, false, { message: "Incorrect username or password." });
    done(null, user);
  }),
);
passport.serializeUser((user, done) => process.nextTick(done, null, user.id));
passport.deserializeUser((id, done) => done(null, users.find((user) => user.id === id) ?? false));

const app = express();
app.use(express.json(), express.urlencoded({ extended: false }));
app.use(
  session({
    secret: process.env.SESSION_SECRET,
    store: new MemoryStore({ checkPeriod: 86400000 }),
    resave: false,
    saveUninitialized: false,
  }),
);
app.use(passport.session());

app.post(
  "/login",
  passport.authenticate("local", { failureRedirect: "/login?failed", failureMessage: true }),
  (req, res) => res.redirect("/me"),
);
app.get("/login", (req, res) => res.json({ messages: req.session.messages ?? [] }));
app.post("/api/login", (req, res, next) => {
  passport.authenticate("local", (error, user, info) => {
    if (error) return next(error);
    if (!user) return res.status(401).json(info);
    req.logIn(user, (error) => (error ? next(error) : res.json({ id: user.id })));
  })(req, res, next);
});
const signedIn = (req, res, next) => (req.isAuthenticated() ? next() : res.sendStatus(401));
app.get("/me", signedIn, (req, res) => res.json({ name: req.user.username, role: req.user.role }));
app.post("/logout", (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect("/"))));
app.listen(3000);
