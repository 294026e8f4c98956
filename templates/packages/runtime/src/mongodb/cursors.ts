import { encodeDocument } from "./bson/encode";
import { type Doc, Long, RawDocument } from "./bson/values";
import { MongoError } from "./errors";
import { MAX_DOCUMENT_BYTES } from "./wire";

/** Documents in the first batch when the client asks for no number. */
const FIRST_BATCH = 101;

/** A result that is fetched in parts. */
export interface Cursor {
  readonly id: number;
  readonly namespace: string;
  readonly source: Buffered;
  /** The session it was opened in, as text; null: none. */
  readonly session: string | null;
  lastUsed: number;
}

/** Where a cursor's documents come from. */
export interface Source {
  /** The next document; null: there is none (for a tailing source: none yet). */
  next(): Doc | RawDocument | null;
  /** Set for sources that go on: waits for something new, at most so many milliseconds. */
  wait?(milliseconds: number): Promise<void>;
  /** A source that goes on has ended for good. */
  ended?(): boolean;
  /** Further fields of the answer's cursor, such as the token to resume a change stream from. */
  fields?(): Doc;
}

/** A source and the document that did not fit into the last reply. */
class Buffered {
  readonly inner: Source;
  #heldBack: RawDocument | null = null;

  constructor(inner: Source) {
    this.inner = inner;
  }

  take(): RawDocument | null {
    const document = this.#heldBack ?? asRaw(this.inner.next());
    this.#heldBack = null;
    return document;
  }

  putBack(document: RawDocument): void {
    this.#heldBack = document;
  }
}

/** Open cursors live in memory: an object that is evicted has no connections that could go on with one. */
const IDLE_MILLISECONDS = 10 * 60 * 1000;

export class Cursors {
  readonly #open = new Map<number, Cursor>();
  #nextId = 1;

  /** Makes a cursor of a source and takes its first batch. */
  first(
    namespace: string,
    inner: Source,
    options: { batchSize?: number | null; singleBatch?: boolean; session: string | null },
  ): Doc {
    this.#forgetIdle();
    const source = new Buffered(inner);
    const size = options.batchSize ?? FIRST_BATCH;
    const { batch, more } = takeBatch(source, size);
    let id = 0;
    if (more && !options.singleBatch) {
      // Ids that nobody guesses, as MongoDB's.
      id = Math.floor(Math.random() * 2 ** 20) * 2 ** 24 + this.#nextId++;
      this.#open.set(id, { id, namespace, source, session: options.session, lastUsed: Date.now() });
    }
    return { firstBatch: batch, id: Long.fromNumber(id), ns: namespace, ...inner.fields?.() };
  }

  /** The next batch; waits for documents when the source goes on and has none. */
  more(id: number, namespace: string, size: number | null, waitMilliseconds: number): Doc | Promise<Doc> {
    const cursor = this.#open.get(id);
    if (!cursor) throw new MongoError("CursorNotFound", `cursor id ${id} not found`);
    if (cursor.namespace !== namespace) {
      throw new MongoError(
        "Unauthorized",
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    cursor.lastUsed = Date.now();
    const taken = this.#take(cursor, size);
    const batch = taken.nextBatch as unknown[];
    if (batch.length > 0 || !cursor.source.inner.wait || waitMilliseconds <= 0 || !this.#open.has(id)) return taken;
    return cursor.source.inner.wait(waitMilliseconds).then(() => this.#take(cursor, size));
  }

  kill(ids: readonly number[]): { killed: number[]; notFound: number[] } {
    const killed = ids.filter((id) => this.#open.delete(id));
    return { killed, notFound: ids.filter((id) => !killed.includes(id)) };
  }

  killSession(session: string): void {
    for (const cursor of this.#open.values()) if (cursor.session === session) this.#open.delete(cursor.id);
  }

  get size(): number {
    return this.#open.size;
  }

  #take(cursor: Cursor, size: number | null): Doc {
    const { batch, more } = takeBatch(cursor.source, size ?? Infinity);
    if (!more) this.#open.delete(cursor.id);
    return {
      nextBatch: batch,
      id: Long.fromNumber(more ? cursor.id : 0),
      ns: cursor.namespace,
      ...cursor.source.inner.fields?.(),
    };
  }

  #forgetIdle(): void {
    const before = Date.now() - IDLE_MILLISECONDS;
    for (const cursor of this.#open.values()) if (cursor.lastUsed < before) this.#open.delete(cursor.id);
  }
}

/** Takes up to `size` documents, as many as fit into a reply, and says whether there may be more. */
function takeBatch(source: Buffered, size: number): { batch: RawDocument[]; more: boolean } {
  const batch: RawDocument[] = [];
  let bytes = 0;
  const goesOn = source.inner.wait !== undefined;
  while (batch.length < size) {
    const document = source.take();
    if (!document) return { batch, more: goesOn && !source.inner.ended?.() };
    if (batch.length > 0 && bytes + document.bytes.byteLength > MAX_DOCUMENT_BYTES) {
      source.putBack(document);
      return { batch, more: true };
    }
    bytes += document.bytes.byteLength;
    batch.push(document);
  }
  // A client is spared the journey for an empty last batch.
  const next = size > 0 && !goesOn ? source.take() : null;
  if (next) source.putBack(next);
  return { batch, more: size === 0 || goesOn || next !== null };
}

function asRaw(document: Doc | RawDocument | null): RawDocument | null {
  if (document === null || document instanceof RawDocument) return document;
  const bytes = encodeDocument(document);
  if (bytes.byteLength > MAX_DOCUMENT_BYTES) {
    throw new MongoError(
      "BSONObjectTooLarge",
      `BSONObj size: ${bytes.byteLength} is invalid. Size must be between 0 and 16793600(16MB)`,
    );
  }
  return new RawDocument(bytes);
}

/** A source that reads an iterable to its end. */
export function sourceOf(documents: Iterable<Doc | RawDocument>): Source {
  const iterator = documents[Symbol.iterator]();
  return {
    next() {
      const { value, done } = iterator.next();
      return done ? null : value;
    },
  };
}
