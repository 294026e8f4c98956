/**
 * The log that change streams read. It is written once the first stream was opened, because each event is a row more to be
 * stored and paid for.
 */
import { decodeDocument } from "./bson/decode";
import { encodeDocument } from "./bson/encode";
import { type Doc, isDocument, Timestamp } from "./bson/values";
import { MongoError } from "./errors";
import type { Facts } from "./storage/schema";
import type { Change } from "./storage/view";
import { equalValues } from "./values/compare";

/** Events kept, so that a client that was away can go on where it was. */
const KEPT_EVENTS = 20_000;
/** An event is a row; longer ones cannot be told. */
const MAX_EVENT_BYTES = 1_900_000;
const ACTIVE = "change-streams";

/** What a stream listens to: everything, one database, or one collection. */
export interface Watched {
  db: string | null;
  collection: string | null;
}

export class ChangeLog {
  readonly #sql: SqlStorage;
  readonly #facts: Facts;
  readonly #waiting = new Set<() => void>();
  #active: boolean;
  #last: number;
  #clock = { t: 0, i: 0 };

  constructor(sql: SqlStorage, facts: Facts) {
    this.#sql = sql;
    this.#facts = facts;
    this.#active = facts.get(ACTIVE) !== null;
    this.#last = sql.exec<{ n: number | null }>("SELECT MAX(seq) AS n FROM changes").one().n ?? 0;
  }

  get last(): number {
    return this.#last;
  }

  /** From now on changes are logged. */
  activate(): void {
    if (this.#active) return;
    this.#active = true;
    this.#facts.set(ACTIVE, String(Date.now()));
  }

  /** The time of the last operation, as replica sets count it: seconds and a number within the second. */
  tick(): Timestamp {
    const t = Math.floor(Date.now() / 1000);
    this.#clock = t > this.#clock.t ? { t, i: 1 } : { t: this.#clock.t, i: this.#clock.i + 1 };
    return new Timestamp(this.#clock);
  }

  record(change: Change): void {
    if (this.#active) this.#append(eventOf(change));
  }

  /** An event about a collection or a database: `drop`, `rename`, `dropDatabase`, `create`. */
  recordCommand(operationType: string, db: string, collection: string | null, more: Doc = {}): void {
    if (this.#active)
      this.#append({ operationType, ns: collection === null ? { db } : { db, coll: collection }, ...more });
  }

  #append(event: Doc): void {
    const seq = ++this.#last;
    const complete = { clusterTime: this.tick(), wallTime: new Date(), ...event };
    let bytes = encodeDocument(complete);
    if (bytes.length > MAX_EVENT_BYTES) bytes = encodeDocument({ operationType: "tooLarge", ns: event.ns });
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    this.#sql.exec("INSERT INTO changes (seq, at, event) VALUES (?, ?, ?)", seq, Date.now(), buffer);
    if (seq % 1000 === 0) this.#sql.exec("DELETE FROM changes WHERE seq <= ?", seq - KEPT_EVENTS);
    for (const wake of this.#waiting) wake();
  }

  /** The events after a number, the oldest first. */
  after(seq: number, limit: number): { seq: number; event: Doc }[] {
    return [
      ...this.#sql.exec<{ seq: number; event: ArrayBuffer }>(
        "SELECT seq, event FROM changes WHERE seq > ? ORDER BY seq LIMIT ?",
        seq,
        limit,
      ),
    ].map((row) => ({ seq: row.seq, event: decodeDocument(new Uint8Array(row.event)) }));
  }

  /** The number of the last event before a time. */
  before(time: Timestamp): number {
    const millis = time.getHighBitsUnsigned() * 1000;
    return this.#sql.exec<{ n: number | null }>("SELECT MAX(seq) AS n FROM changes WHERE at < ?", millis).one().n ?? 0;
  }

  /** Refuses to go on after an event that is no longer there. */
  requireHistory(seq: number): void {
    const first = this.#sql.exec<{ n: number | null }>("SELECT MIN(seq) AS n FROM changes").one().n;
    const gone = first === null ? seq < this.#last : seq + 1 < first;
    if (gone || seq > this.#last) {
      throw new MongoError(
        "ChangeStreamHistoryLost",
        "Resume of change stream was not possible, as the resume point may no longer be in the oplog.",
        {},
        ["NonResumableChangeStreamError"],
      );
    }
  }

  /** Waits for the next event, at most so many milliseconds. */
  async wait(milliseconds: number, stop: (wake: () => void) => () => void): Promise<void> {
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, milliseconds);
    const forget = stop(wake);
    this.#waiting.add(wake);
    await woken;
    this.#waiting.delete(wake);
    forget();
    clearTimeout(timer);
  }
}

/** A stream's token: where to go on. It sorts as the events do. */
export function resumeToken(seq: number): Doc {
  return { _data: `82${seq.toString(16).toUpperCase().padStart(16, "0")}` };
}

export function parseResumeToken(token: unknown): number {
  const data = isDocument(token) ? token._data : undefined;
  if (typeof data !== "string" || !/^82[0-9A-F]{16}$/i.test(data)) {
    throw new MongoError("FailedToParse", "resume token string was not a valid hex string of this server");
  }
  return parseInt(data.slice(2), 16);
}

export function concerns({ db, collection }: Watched, namespace: Doc): boolean {
  return (db === null || namespace.db === db) && (collection === null || namespace.coll === collection);
}

function eventOf({ collection, before, after, replaced }: Change): Doc {
  const ns = { db: collection.db, coll: collection.name };
  const id = (after ?? before!).document._id;
  const key = { ns, documentKey: { _id: id } };
  if (!before) return { operationType: "insert", ...key, fullDocument: after!.document };
  if (!after) return { operationType: "delete", ...key };
  if (replaced) return { operationType: "replace", ...key, fullDocument: after.document };
  return { operationType: "update", ...key, updateDescription: describe(before.document, after.document) };
}

/** What an update changed, by dotted paths. */
function describe(before: Doc, after: Doc): Doc {
  const updatedFields: Doc = {};
  const removedFields: string[] = [];
  const truncatedArrays: Doc[] = [];
  const compare = (old: Doc, now: Doc, prefix: string): void => {
    for (const name of Object.keys(old)) if (!Object.hasOwn(now, name)) removedFields.push(prefix + name);
    for (const [name, value] of Object.entries(now)) {
      const was = old[name];
      if (Object.hasOwn(old, name) && equalValues(was, value)) continue;
      if (isDocument(was) && isDocument(value)) compare(was, value, `${prefix}${name}.`);
      else if (Array.isArray(was) && Array.isArray(value)) compareArrays(was, value, prefix + name);
      else updatedFields[prefix + name] = value;
    }
  };
  const compareArrays = (old: unknown[], now: unknown[], path: string): void => {
    const changed = now.flatMap((item, i) => (i < old.length && equalValues(old[i], item) ? [] : [i]));
    if (now.length < old.length) {
      if (changed.length > 0) updatedFields[path] = now;
      else truncatedArrays.push({ field: path, newSize: now.length });
      return;
    }
    for (const i of changed) updatedFields[`${path}.${i}`] = now[i];
  };
  compare(before, after, "");
  return { updatedFields, removedFields, truncatedArrays };
}
