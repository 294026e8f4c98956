import { EventEmitter } from "node:events";
import realReadline from "node:readline";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { codedError } from "../errors";

interface InterfaceOptions {
  input: Readable;
  output?: Writable | undefined;
  prompt?: string;
  signal?: AbortSignal;
}

/** Lines an iterator may be behind before the input is paused. */
const MAX_WAITING_LINES = 1024;

/**
 * Node's `readline.Interface` on streams, as programs use it to go through a file line by line. workerd's exists, but reads
 * nothing and never closes. There is no terminal, so editing and history have no counterpart.
 */
export class Interface extends EventEmitter {
  readonly input: Readable;
  readonly output: Writable | undefined;
  readonly terminal = false;
  line = "";
  cursor = 0;
  closed = false;
  _prompt: string;
  _rest = "";
  _decoder = new StringDecoder("utf8");
  _answer: ((line: string) => void) | undefined;

  constructor(first: InterfaceOptions | Readable, output?: Writable) {
    super();
    const options: InterfaceOptions = "input" in first ? first : { input: first, output };
    this.input = options.input;
    this.output = options.output;
    this._prompt = options.prompt ?? "> ";
    this.input.on("data", (chunk: Uint8Array | string) => this._receive(chunk));
    this.input.on("end", () => this._end());
    this.input.on("error", (error) => this.emit("error", error));
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.pause();
    this.emit("close");
  }

  pause(): this {
    this.input.pause();
    this.emit("pause");
    return this;
  }

  resume(): this {
    this.input.resume();
    this.emit("resume");
    return this;
  }

  getPrompt(): string {
    return this._prompt;
  }

  setPrompt(prompt: string): void {
    this._prompt = prompt;
  }

  prompt(): void {
    this.output?.write(this._prompt);
    this.resume();
  }

  question(query: string, options: unknown, callback?: (answer: string) => void): void {
    if (this.closed) throw codedError("ERR_USE_AFTER_CLOSE", "readline was closed");
    this._answer = typeof options === "function" ? (options as (answer: string) => void) : callback;
    this.output?.write(query);
    this.resume();
  }

  write(text: string | Uint8Array | null): void {
    if (text !== null) this._receive(text);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    const waiting: string[] = [];
    let wake = (): void => {};
    const onLine = (line: string) => {
      if (waiting.push(line) > MAX_WAITING_LINES) this.input.pause();
      wake();
    };
    const onClose = () => wake();
    this.on("line", onLine).on("close", onClose);
    try {
      for (;;) {
        if (waiting.length === 0 && this.closed) return;
        if (waiting.length > 0) yield waiting.shift() as string;
        else {
          const woken = new Promise<void>((resolve) => (wake = resolve));
          this.input.resume();
          await woken;
        }
      }
    } finally {
      this.off("line", onLine).off("close", onClose);
      this.close();
    }
  }

  _receive(chunk: Uint8Array | string): void {
    const text = this._rest + (typeof chunk === "string" ? chunk : this._decoder.write(Buffer.from(chunk)));
    // A return at the very end may be the first half of a line break.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this._rest = lines.pop() ?? "";
    for (const line of lines) this._line(line);
  }

  _end(): void {
    const rest = (this._rest + this._decoder.end()).replace(/\r$/, "");
    this._rest = "";
    if (rest !== "") this._line(rest);
    this.close();
  }

  _line(line: string): void {
    const answer = this._answer;
    this._answer = undefined;
    if (answer) answer(line);
    else this.emit("line", line);
  }
}

/** `readline/promises`: a question resolves with its answer. */
class PromiseInterface extends Interface {
  override question(query: string): never {
    return new Promise<string>((resolve) => super.question(query, resolve)) as never;
  }
}

/** The app's `node:readline` and `node:readline/promises`. */
export function createReadline(): { readline: Record<string, unknown>; promises: Record<string, unknown> } {
  const promises = {
    ...realReadline.promises,
    Interface: PromiseInterface,
    createInterface: (input: InterfaceOptions | Readable, output?: Writable) => new PromiseInterface(input, output),
  };
  const readline = {
    ...realReadline,
    Interface,
    createInterface: (input: InterfaceOptions | Readable, output?: Writable) => new Interface(input, output),
    promises,
  };
  return { readline, promises };
}
