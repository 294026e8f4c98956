import { mkdirSync } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import cookieParser from "cookie-parser";
import express from "express";
import type { NextFunction, Request, Response } from "express";
import multer from "multer";
import { z, ZodError } from "zod";
import { config } from "./config.js";
import { addNote, likeNote, listNotes, pool } from "./database.js";
import { publish, stream } from "./events.js";
import * as sessions from "./sessions.js";

mkdirSync(config.UPLOAD_DIR, { recursive: true });

const here = path.dirname(fileURLToPath(import.meta.url));
const upload = multer({
  storage: multer.diskStorage({
    destination: config.UPLOAD_DIR,
    filename: (_request, file, done) => done(null, path.basename(file.originalname)),
  }),
  limits: { fileSize: 4 * 1024 * 1024 },
});

const app = express();
app.disable("x-powered-by");
app.use(express.json());
app.use(cookieParser());
app.use(express.static(path.join(here, "../public"), { maxAge: "1h" }));
app.use("/files", express.static(config.UPLOAD_DIR, { index: false }));

app.get("/healthz", async (_request, response) => {
  await pool.query("SELECT 1");
  response.type("text").send("healthy");
});

app.get("/about", async (_request, response) => {
  const manifest = JSON.parse(await readFile(path.join(here, "../package.json"), "utf8")) as { name: string; version: string };
  response.json({ title: config.BOARD_TITLE, name: manifest.name, version: config.APP_VERSION });
});

app.post("/session", (request, response) => {
  const { name } = z.object({ name: z.string().min(1).max(80) }).parse(request.body);
  response.cookie("board", sessions.open(name), { httpOnly: true, sameSite: "lax" });
  response.status(201).json({ name, sessions: sessions.count() });
});

app.get("/notes", async (request, response) => {
  const { q } = z.object({ q: z.string().optional() }).parse(request.query);
  response.json({ notes: await listNotes(q) });
});

app.post("/notes", async (request, response) => {
  const note = z.object({ author: z.string().min(1).max(80), text: z.string().min(1).max(2000) }).parse(request.body);
  const saved = await addNote(note.author, note.text);
  publish(saved);
  response.status(201).location(`/notes/${saved.id}`).json(saved);
});

app.post("/notes/:id/like", async (request, response) => {
  const likes = await likeNote(z.coerce.number().int().parse(request.params.id));
  if (likes === undefined) {
    response.status(404).json({ error: "no such note" });
    return;
  }
  response.json({ likes });
});

app.get("/events", stream);

app.post("/files", upload.single("file"), async (request, response) => {
  if (!request.file) {
    response.status(400).json({ error: "no file" });
    return;
  }
  const { size } = await stat(request.file.path);
  response.status(201).json({ name: request.file.filename, size });
});

app.get("/files", async (_request, response) => {
  response.json({ files: (await readdir(config.UPLOAD_DIR)).sort() });
});

app.use((request, response) => {
  response.status(404).json({ error: `nothing at ${request.path}` });
});

app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
  if (error instanceof ZodError) {
    response.status(422).json({ errors: error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) });
    return;
  }
  if (error instanceof multer.MulterError) {
    response.status(413).json({ error: error.message });
    return;
  }
  console.error(error);
  response.status(500).json({ error: "internal error" });
});

const server = app.listen(config.PORT, () => console.log(`board ${config.APP_VERSION} on ${config.PORT}`));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close();
    void pool.end().then(() => process.exit(0));
  });
}
