// Express with the middleware most apps have: static files aside, which the packer's tests cover.
const express = require("express");
const session = require("express-session");
const compression = require("compression");
const multer = require("multer");
const crypto = require("node:crypto");

const app = express();
app.set("trust proxy", true);
app.use(compression({ threshold: 100 }));
app.use(express.json({ limit: "10mb" }));
app.use(express.urlencoded({ extended: true }));
app.use(session({ secret: "keyboard cat", resave: false, saveUninitialized: false }));

app.get("/", (req, res) => res.send("express"));
app.get("/count", (req, res) => {
  req.session.count = (req.session.count ?? 0) + 1;
  res.json({ count: req.session.count });
});
app.post("/json", (req, res) => res.status(201).json({ got: req.body, type: req.get("content-type") }));
app.post("/form", (req, res) => res.json(req.body));
app.post("/file", multer().single("file"), (req, res) =>
  res.json({
    name: req.file.originalname,
    size: req.file.size,
    sha: crypto.createHash("sha1").update(req.file.buffer).digest("hex"),
    fields: req.body,
  }),
);
app.get("/big", (req, res) => res.type("text").send("abcdefghij".repeat(5000)));
app.get("/redirect", (req, res) => res.redirect("/count?x=1"));
app.get("/cookie", (req, res) => res.cookie("a", "1 2", { httpOnly: true }).cookie("b", "2").send("ok"));
app.get("/etag", (req, res) => res.send("same text"));
app.get("/ip", (req, res) => res.json({ ip: req.ip, ips: req.ips, protocol: req.protocol, secure: req.secure }));
app.get("/params/:id/*rest", (req, res) => res.json({ params: req.params, query: req.query }));
app.get("/self", async (req, res) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`http://localhost:${process.env.PORT ?? 3000}/json`, {
    method: "POST",
    headers,
    body: '{"to":"myself"}',
  });
  res.json(await answer.json());
});
app.get("/throw", () => {
  throw Object.assign(new Error("thrown"), { status: 409 });
});
app.get("/reject", async () => {
  throw Object.assign(new Error("rejected"), { status: 422 });
});
app.use((error, req, res, next) => res.status(error.status ?? 500).json({ error: error.message }));

app.listen(process.env.PORT ?? 3000);
