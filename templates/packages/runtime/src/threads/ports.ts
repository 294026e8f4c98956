import { EventEmitter } from "node:events";
import realTimers from "node:timers";
import type { Host } from "../host";

/** Names the place of something in a message that is not cloned. */
const PLACE = "dock2edge:shared";

type Listener = (...values: unknown[]) => void;

/**
 * Node's `MessagePort` between programs of one isolate: messages are cloned when they are sent and arrive in a later turn, in
 * order, once somebody listens.
 */
export class AppMessagePort extends EventEmitter {
  readonly #host: Host;
  readonly #waiting: unknown[] = [];
  #other: AppMessagePort | undefined;
  #started = false;
  #scheduled = false;
  #closed = false;
  #onmessage: Listener | null = null;

  constructor(host: Host) {
    super();
    this.#host = host;
  }

  /** Two ports that are connected with each other, each in the program of its host. */
  static pair(near: Host, far: Host): [AppMessagePort, AppMessagePort] {
    const ports: [AppMessagePort, AppMessagePort] = [new AppMessagePort(near), new AppMessagePort(far)];
    ports[0].#other = ports[1];
    ports[1].#other = ports[0];
    return ports;
  }

  /** The oldest message nobody has received; it is taken out. */
  static receive(port: unknown): { message: unknown } | undefined {
    if (!(port instanceof AppMessagePort)) throw new TypeError('The "port" argument must be a MessagePort instance');
    return port.#waiting.length > 0 ? { message: port.#waiting.shift() } : undefined;
  }

  /** Whether somebody waits for messages here, which keeps a program running. */
  get isHeard(): boolean {
    return !this.#closed && (this.#onmessage !== null || this.listenerCount("message") > 0);
  }

  get onmessage(): Listener | null {
    return this.#onmessage;
  }

  set onmessage(listener: Listener | null) {
    this.#onmessage = listener;
    this.start();
  }

  postMessage(value: unknown, transfer?: readonly unknown[] | { transfer?: readonly unknown[] }): void {
    const list = Array.isArray(transfer) ? transfer : ((transfer as { transfer?: unknown[] })?.transfer ?? []);
    const cloned = cloneMessage(value, list);
    if (this.#closed || !this.#other || this.#other.#closed) return;
    this.#other.#waiting.push(cloned);
    this.#other.#schedule();
  }

  start(): void {
    this.#started = true;
    this.#schedule();
  }

  close(callback?: () => void): void {
    if (callback) this.once("close", callback);
    if (this.#closed) return;
    this.#closed = true;
    realTimers.setImmediate(() => void this.#host.guard(() => this.emit("close")));
    this.#other?.close();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return this.isHeard;
  }

  override on(name: string | symbol, listener: Listener): this {
    super.on(name, listener);
    if (name === "message") this.start();
    return this;
  }

  override addListener(name: string | symbol, listener: Listener): this {
    return this.on(name, listener);
  }

  override once(name: string | symbol, listener: Listener): this {
    super.once(name, listener);
    if (name === "message") this.start();
    return this;
  }

  addEventListener(name: string, listener: Listener, options?: { once?: boolean }): void {
    const heard: Listener = (data) => listener({ type: name, data, target: this });
    if (options?.once) this.once(name, heard);
    else this.on(name, heard);
  }

  removeEventListener(name: string, listener: Listener): void {
    this.off(name, listener);
  }

  #schedule(): void {
    if (!this.#started || this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    realTimers.setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#scheduled = false;
    // What arrives meanwhile waits for another turn.
    for (let left = this.#waiting.length; left > 0 && this.#waiting.length > 0; left--) {
      const message = this.#waiting.shift();
      this.#host.guard(() => {
        this.#onmessage?.({ type: "message", data: message, target: this });
        this.emit("message", message);
      });
    }
    this.#schedule();
  }
}

/**
 * A message as the other side gets it: a copy, in which ports that were handed over and shared memory are the things themselves.
 * Memory is shared in any case, as both sides run in one isolate.
 */
export function cloneMessage(value: unknown, transfer: readonly unknown[] = []): unknown {
  const buffers = transfer.filter((item) => item instanceof ArrayBuffer) as ArrayBuffer[];
  const shared: unknown[] = [];
  const cloned = structuredClone(withPlaces(value, shared, transfer), { transfer: buffers });
  return shared.length === 0 ? cloned : withShared(cloned, shared);
}

/** Copies plain objects and lists down to what is shared, which it replaces; all else is left for structuredClone. */
function withPlaces(value: unknown, shared: unknown[], transfer: readonly unknown[]): unknown {
  if (isSharedMemory(value) || (value instanceof AppMessagePort && transfer.includes(value))) {
    return { [PLACE]: shared.push(value) - 1 };
  }
  const isList = Array.isArray(value);
  if (!isList && !isPlain(value)) return value;
  const copy: [string, unknown][] = Object.entries(value).map(([key, item]) => [
    key,
    withPlaces(item, shared, transfer),
  ]);
  if (copy.every(([key, item]) => item === (value as Record<string, unknown>)[key])) return value;
  return isList ? copy.map(([, item]) => item) : Object.fromEntries(copy);
}

function withShared(value: unknown, shared: readonly unknown[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withShared(item, shared));
  if (!isPlain(value)) return value;
  if (PLACE in value) return shared[value[PLACE] as number];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withShared(item, shared)]));
}

function isSharedMemory(value: unknown): boolean {
  if (value instanceof SharedArrayBuffer || value instanceof WebAssembly.Module) return true;
  return ArrayBuffer.isView(value) && (value.buffer as unknown) instanceof SharedArrayBuffer;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
