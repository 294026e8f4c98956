// thread-stream moves the writing of logs into a thread, over shared memory on which both sides sleep. Here the module that it would
// start there runs beside its user, and what is written goes to it directly: pino's transports.
"use strict";

const { EventEmitter } = require("events");

module.exports = class ThreadStream extends EventEmitter {
  constructor({ filename, workerData, sync }) {
    super();
    this.sync = sync || false;
    this.destroyed = false;
    this.writableEnded = false;
    this.waiting = [];
    this.target = undefined;
    this.closed = false;
    start(filename, workerData).then(
      (stream) => this.#started(stream),
      (error) => {
        this.destroyed = true;
        this.emit("error", error);
      },
    );
  }

  #started(stream) {
    this.target = stream;
    stream.on("error", (error) => this.emit("error", error));
    for (const chunk of this.waiting.splice(0)) stream.write(chunk);
    this.emit("ready");
    if (this.writableEnded) this.#finish();
  }

  get ready() {
    return this.target !== undefined;
  }

  get writable() {
    return !this.destroyed && !this.writableEnded;
  }

  get writableNeedDrain() {
    return false;
  }

  get writableObjectMode() {
    return false;
  }

  write(chunk) {
    if (this.destroyed || this.writableEnded) {
      this.emit("error", new Error("the worker has exited"));
      return false;
    }
    if (this.target) this.target.write(chunk);
    else this.waiting.push(chunk);
    return true;
  }

  flush(callback) {
    process.nextTick(() => callback && callback(null));
  }

  flushSync() {}

  end() {
    if (this.writableEnded) return;
    this.writableEnded = true;
    if (this.target) this.#finish();
  }

  #finish() {
    this.target.end();
    process.nextTick(() => {
      this.destroyed = true;
      this.closed = true;
      this.emit("finish");
      this.emit("close");
    });
  }

  emit(name, ...values) {
    // A log that cannot be written is no reason to end the app when nobody listens.
    if (name === "error" && this.listenerCount("error") === 0) return false;
    return super.emit(name, ...values);
  }

  ref() {}
  unref() {}
};

async function start(filename, workerData) {
  const loaded = await import(filename);
  let make = loaded;
  while (typeof make !== "function" && make && make.default) make = make.default;
  return make({ ...workerData, $context: undefined });
}
