import { EventEmitter } from "node:events";
import type { Request, Response } from "express";

const notes = new EventEmitter();
notes.setMaxListeners(100);

export function publish(note: unknown): void {
  notes.emit("note", note);
}

/** Server-sent events: a hello, then each new note; `?limit=n` ends the stream after n events. */
export function stream(request: Request, response: Response): void {
  const limit = Number(request.query.limit) || Infinity;
  let sent = 0;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (event: string, data: unknown) => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    sent += 1;
    if (sent >= limit) response.end();
  };
  const listener = (note: unknown) => send("note", note);
  notes.on("note", listener);
  response.on("close", () => notes.off("note", listener));
  send("hello", { listening: true });
}
