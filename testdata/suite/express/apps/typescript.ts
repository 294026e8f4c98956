import express, { type NextFunction, type Request, type Response } from 'express';
import { HttpError, isHttpError } from './lib/http-error.ts';
import type { Note } from './lib/note.ts';

enum Level {
  Low = 1,
  High,
}

class Store {
  private readonly notes = new Map<number, Note>();
  constructor(private nextId: number = 1) {}

  add(text: string, level: Level = Level.Low): Note {
    const note: Note = { id: this.nextId++, text, level: Level[level] };
    this.notes.set(note.id, note);
    return note;
  }

  get(id: number): Note {
    const note = this.notes.get(id);
    if (!note) throw new HttpError(404, `no note ${id}`);
    return note;
  }
}

const store = new Store();
const app = express();
app.use(express.json());
app.post('/notes', (req: Request<object, Note, { text: string; level?: Level }>, res: Response<Note>) => {
  res.status(201).json(store.add(req.body.text, req.body.level));
});
app.get('/notes/:id', (req, res) => {
  res.json(store.get(Number(req.params.id)));
});
app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
  const status = isHttpError(error) ? error.status : 500;
  res.status(status).json({ error: (error as Error).message });
});
app.listen(Number(process.env.PORT ?? 3000));
