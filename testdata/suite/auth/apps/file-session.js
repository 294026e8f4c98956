// Sessions in files by session-file-store.
const express = require("express");
const fs = require("node:fs/promises");
const session = require("express-session");
const FileStore = require("session-file-store")(session);

const app = express();
app.use(
  session({
    store: new FileStore({ path: "/tmp/sessions", retries: 1, logFn: () => {} }),
    secret: process.env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
  }),
);
app.post("/item/:name", (req, res) => res.json((req.session.items = [...(req.session.items ?? []), req.params.name])));
app.get("/items", (req, res) => res.json(req.session.items ?? []));
app.get("/files", async (req, res) =>
  res.json({ some: (await fs.readdir("/tmp/sessions")).filter((name) => name.endsWith(".json")).length > 0 }),
);
app.listen(3000);
