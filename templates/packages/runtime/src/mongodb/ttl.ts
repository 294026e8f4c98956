import type { Catalog } from "./storage/catalog";
import type { Collection } from "./storage/collection";
import type { IndexDefinition } from "./storage/index-definition";
import type { View } from "./storage/view";
import { encodeKey } from "./values/keys";
import { keysAt } from "./values/paths";

/** MongoDB looks for expired documents once a minute. */
const INTERVAL = 60_000;
/** Documents deleted in one go, so that no client waits long. */
const BATCH = 500;

/**
 * Deletes documents whose time has come by a TTL index. The Durable Object's alarm wakes it, and only while there is a document
 * that will expire: an object without one can sleep.
 */
export class Expiry {
  readonly #storage: DurableObjectStorage;
  readonly #catalog: Catalog;
  readonly #view: View;
  #due: number | null | undefined = undefined;

  constructor(storage: DurableObjectStorage, catalog: Catalog, view: View) {
    this.#storage = storage;
    this.#catalog = catalog;
    this.#view = view;
  }

  /** A document was written: it may be the next to expire. */
  written(collection: Collection): void {
    if (collection.indexes.some(({ expireAfterSeconds }) => expireAfterSeconds !== null)) this.#setAlarm(INTERVAL);
  }

  async ring(): Promise<void> {
    this.#due = null;
    let removed = 0;
    let waiting = false;
    for (const collection of this.#catalog.databases().flatMap((db) => this.#catalog.collections(db))) {
      for (const index of collection.indexes) {
        if (index.expireAfterSeconds === null || collection.isView) continue;
        removed += this.#removeExpired(collection, index);
        waiting ||= hasDates(collection, index, this.#view);
      }
    }
    if (removed >= BATCH) this.#setAlarm(1);
    else if (waiting) this.#setAlarm(INTERVAL);
  }

  #removeExpired(collection: Collection, index: IndexDefinition): number {
    const { path, direction } = index.fields[0]!;
    const limit = new Date(Date.now() - index.expireAfterSeconds! * 1000);
    const [first, last] = [new Date(-8.64e15), limit].map((date) => encodeKey([date], [direction]));
    const range = direction === 1 ? { lower: first!, upper: last! } : { lower: last!, upper: first! };
    const expired = [];
    for (const stored of this.#view.lookUp(collection, index, [range])) {
      const dates = keysAt(stored.document, path).filter((value) => value instanceof Date);
      if (dates.some((date) => date.getTime() <= limit.getTime())) expired.push(stored);
      if (expired.length >= BATCH) break;
    }
    for (const stored of expired) this.#view.delete(collection, stored);
    return expired.length;
  }

  #setAlarm(delay: number): void {
    const time = Date.now() + delay;
    if (typeof this.#due === "number" && this.#due <= time) return;
    this.#due = time;
    void this.#storage.setAlarm(time);
  }
}

/** Whether any document has a date to expire by. */
function hasDates(collection: Collection, index: IndexDefinition, view: View): boolean {
  const { direction } = index.fields[0]!;
  const [a, b] = [new Date(-8.64e15), new Date(8.64e15)].map((date) => encodeKey([date], [direction]));
  const range = direction === 1 ? { lower: a!, upper: b! } : { lower: b!, upper: a! };
  for (const _stored of view.lookUp(collection, index, [range])) return true;
  return false;
}
