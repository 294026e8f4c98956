// Sessions kept in MySQL by express-mysql-session.
const express = require("express");
const session = require("express-session");
const MySQLStore = require("express-mysql-session")(session);

const store = new MySQLStore({
  host: process.env.MYSQL_HOST,
  user: process.env.MYSQL_USER,
  password: process.env.MYSQL_PASSWORD,
  database: process.env.MYSQL_DATABASE,
  schema: { tableName: "ms_sessions" },
});
const app = express();
app.use(express.json());
app.use(session({ store, secret: "keyboard cat", resave: false, saveUninitialized: false, cookie: { maxAge: 60000 } }));

app.post("/cart", (req, res) => {
  req.session.cart = [...(req.session.cart ?? []), req.body.item];
  res.json(req.session.cart);
});
app.get("/cart", (req, res) => res.json(req.session.cart ?? []));
app.post("/logout", (req, res, next) => req.session.destroy((error) => (error ? next(error) : res.sendStatus(204))));

store.onReady().then(() => app.listen(3000));
