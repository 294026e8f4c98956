import { StringDecoder } from "node:string_decoder";

/** What the app writes to its standard output and error, line by line to the Worker's log. */
export class Output {
  #parts = { 1: "", 2: "" };
  #decoders = { 1: new StringDecoder("utf8"), 2: new StringDecoder("utf8") };

  /** Takes bytes or text; whole lines go to the log at once, the rest waits for its end. */
  write(fd: 1 | 2, chunk: Uint8Array | string): void {
    this.#parts[fd] += typeof chunk === "string" ? chunk : this.#decoders[fd].write(Buffer.from(chunk));
    const end = this.#parts[fd].lastIndexOf("\n");
    if (end < 0) return;
    const lines = this.#parts[fd].slice(0, end);
    this.#parts[fd] = this.#parts[fd].slice(end + 1);
    log(fd, lines);
  }

  /** Logs what has not come to the end of its line: the process is about to end. */
  flush(): void {
    for (const fd of [1, 2] as const) {
      if (this.#parts[fd] !== "") log(fd, this.#parts[fd]);
      this.#parts[fd] = "";
    }
  }
}

function log(fd: 1 | 2, text: string): void {
  if (fd === 1) console.log(text);
  else console.error(text);
}
