/** How commands read and write documents: at once, or inside a transaction. */
import type { Doc } from "../bson/values";
import { MongoError } from "../errors";
import type { Collection } from "./collection";
import { duplicateKey } from "./collection";
import type { IndexDefinition } from "./index-definition";
import { type KeyRange, StoredDocument } from "./records";

/** What happened to a document, for change streams and for what depends on the data. */
export interface Change {
  collection: Collection;
  before: StoredDocument | null;
  after: StoredDocument | null;
  /** The document was replaced as a whole, not changed by operators. */
  replaced?: boolean;
}

export interface View {
  get(collection: Collection, seq: number): StoredDocument | null;
  scan(collection: Collection, backwards?: boolean, after?: number): Iterable<StoredDocument>;
  lookUp(
    collection: Collection,
    index: IndexDefinition,
    ranges: readonly KeyRange[],
    backwards?: boolean,
  ): Iterable<StoredDocument>;
  /** Documents are then found in the index's order. */
  readonly ordered: boolean;
  count(collection: Collection): number;
  insert(collection: Collection, bytes: Uint8Array, document: Doc): StoredDocument;
  replace(
    collection: Collection,
    old: StoredDocument,
    bytes: Uint8Array,
    document: Doc,
    whole: boolean,
  ): StoredDocument;
  delete(collection: Collection, old: StoredDocument): void;
}

/** Reads what is stored; every write is stored at once, with its keys or not at all. */
export class DirectView implements View {
  readonly ordered = true;
  readonly #storage: DurableObjectStorage;
  readonly #changed: (change: Change) => void;

  constructor(storage: DurableObjectStorage, changed: (change: Change) => void) {
    this.#storage = storage;
    this.#changed = changed;
  }

  get(collection: Collection, seq: number): StoredDocument | null {
    return collection.get(seq);
  }

  scan(collection: Collection, backwards?: boolean, after?: number): Iterable<StoredDocument> {
    return collection.scan(backwards, after);
  }

  lookUp(
    collection: Collection,
    index: IndexDefinition,
    ranges: readonly KeyRange[],
    backwards?: boolean,
  ): Iterable<StoredDocument> {
    return collection.lookUp(index, ranges, backwards);
  }

  count(collection: Collection): number {
    return collection.count;
  }

  insert(collection: Collection, bytes: Uint8Array, document: Doc): StoredDocument {
    const after = new StoredDocument(collection.reserveSeq(), bytes, document);
    requireUnique(collection, after, (seq) => seq === after.seq);
    this.#write(collection, () => collection.put(after.seq, bytes, document));
    this.#changed({ collection, before: null, after });
    return after;
  }

  replace(
    collection: Collection,
    old: StoredDocument,
    bytes: Uint8Array,
    document: Doc,
    whole: boolean,
  ): StoredDocument {
    const after = new StoredDocument(old.seq, bytes, document);
    requireUnique(collection, after, (seq) => seq === old.seq);
    this.#write(collection, () => collection.replace(old, bytes, document));
    this.#changed({ collection, before: old, after, replaced: whole });
    return after;
  }

  delete(collection: Collection, old: StoredDocument): void {
    this.#write(collection, () => collection.delete(old));
    this.#changed({ collection, before: old, after: null });
  }

  #write(collection: Collection, write: () => void): void {
    try {
      this.#storage.transactionSync(write);
    } catch (error) {
      collection.recount();
      throw error;
    }
  }
}

/** Refuses a document whose key another one has in a unique index. */
function requireUnique(collection: Collection, after: StoredDocument, except: (seq: number) => boolean): void {
  for (const index of collection.indexes) {
    if (!index.unique) continue;
    if (collection.findKey(index, index.keysOf(after.document), except)) {
      throw duplicateKey(collection.namespace, index, after.document);
    }
  }
}

interface Pending {
  replaced: boolean;
  base: StoredDocument | null;
  now: StoredDocument | null;
}

/**
 * A transaction: its writes are kept in memory, seen by its own reads, and stored together at commit. Another writer of the
 * same document makes it fail with WriteConflict, which drivers answer by trying again. Reads see what is stored at that
 * moment, with the transaction's own writes over it.
 */
export class TransactionView implements View {
  readonly ordered = false;
  readonly #storage: DurableObjectStorage;
  readonly #others: () => Iterable<TransactionView>;
  readonly #pending = new Map<Collection, Map<number, Pending>>();

  constructor(storage: DurableObjectStorage, others: () => Iterable<TransactionView>) {
    this.#storage = storage;
    this.#others = others;
  }

  get(collection: Collection, seq: number): StoredDocument | null {
    const pending = this.#pending.get(collection)?.get(seq);
    return pending ? pending.now : collection.get(seq);
  }

  *scan(collection: Collection, backwards = false): Iterable<StoredDocument> {
    const pending = this.#pending.get(collection);
    for (const stored of collection.scan(backwards)) {
      const own = pending?.get(stored.seq);
      if (!own) yield stored;
      else if (own.now) yield own.now;
    }
    for (const { base, now } of this.#snapshot(collection)) if (!base && now) yield now;
  }

  /** Finds too much rather than too little: whoever asks checks every document against the query. */
  *lookUp(collection: Collection, index: IndexDefinition, ranges: readonly KeyRange[]): Iterable<StoredDocument> {
    const pending = this.#pending.get(collection);
    for (const stored of collection.lookUp(index, ranges)) if (!pending?.has(stored.seq)) yield stored;
    for (const { now } of this.#snapshot(collection)) if (now) yield now;
  }

  count(collection: Collection): number {
    let count = collection.count;
    for (const { base, now } of this.#snapshot(collection)) count += (now ? 1 : 0) - (base ? 1 : 0);
    return count;
  }

  insert(collection: Collection, bytes: Uint8Array, document: Doc): StoredDocument {
    const now = new StoredDocument(collection.reserveSeq(), bytes, document);
    this.#requireUnique(collection, now);
    this.#remember(collection, null, now, now.seq);
    return now;
  }

  replace(
    collection: Collection,
    old: StoredDocument,
    bytes: Uint8Array,
    document: Doc,
    whole: boolean,
  ): StoredDocument {
    const now = new StoredDocument(old.seq, bytes, document);
    this.#refuseConflict(collection, old.seq);
    this.#requireUnique(collection, now);
    this.#remember(collection, old, now, old.seq, whole);
    return now;
  }

  delete(collection: Collection, old: StoredDocument): void {
    this.#refuseConflict(collection, old.seq);
    this.#remember(collection, old, null, old.seq);
  }

  /** Stores all writes, or none when one of them is no longer possible. */
  commit(): Change[] {
    const changes: Change[] = [...this.#pending].flatMap(([collection, pending]) =>
      [...pending.values()].map(({ base, now, replaced }) => ({ collection, before: base, after: now, replaced })),
    );
    try {
      this.#storage.transactionSync(() => {
        for (const { collection, before } of changes) if (before) refuseChanged(collection, before);
        for (const { collection, before, after } of changes) if (before && !after) collection.delete(before);
        for (const change of changes) if (change.after) store(change);
      });
    } catch (error) {
      for (const collection of this.#pending.keys()) collection.recount();
      throw error;
    }
    return changes.filter(({ before, after }) => before || after);
  }

  holds(collection: Collection, seq: number): boolean {
    return this.#pending.get(collection)?.has(seq) ?? false;
  }

  #snapshot(collection: Collection): Pending[] {
    return [...(this.#pending.get(collection)?.values() ?? [])];
  }

  #remember(
    collection: Collection,
    old: StoredDocument | null,
    now: StoredDocument | null,
    seq: number,
    replaced = false,
  ): void {
    let pending = this.#pending.get(collection);
    if (!pending) this.#pending.set(collection, (pending = new Map()));
    const before = pending.get(seq);
    pending.set(seq, { base: before ? before.base : old, now, replaced: replaced || before?.replaced === true });
  }

  #refuseConflict(collection: Collection, seq: number): void {
    for (const other of this.#others()) if (other !== this && other.holds(collection, seq)) throw writeConflict();
  }

  #requireUnique(collection: Collection, now: StoredDocument): void {
    const pending = this.#pending.get(collection);
    requireUnique(collection, now, (seq) => seq === now.seq || (pending?.has(seq) ?? false));
    for (const index of collection.indexes) {
      if (!index.unique) continue;
      const keys = new Set(index.keysOf(now.document).map((key) => key.toString("latin1")));
      for (const { now: other } of this.#snapshot(collection)) {
        if (!other || other.seq === now.seq) continue;
        if (index.keysOf(other.document).some((key) => keys.has(key.toString("latin1")))) {
          throw duplicateKey(collection.namespace, index, now.document);
        }
      }
    }
  }
}

function store({ collection, before, after }: Change): void {
  requireUnique(collection, after!, (seq) => seq === after!.seq);
  if (before) collection.replace(before, after!.bytes, after!.document);
  else collection.put(after!.seq, after!.bytes, after!.document);
}

function refuseChanged(collection: Collection, before: StoredDocument): void {
  const current = collection.get(before.seq);
  if (!current || Buffer.compare(current.bytes, before.bytes) !== 0) throw writeConflict();
}

export function writeConflict(): MongoError {
  return new MongoError(
    "WriteConflict",
    "Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.",
    {},
    ["TransientTransactionError"],
  );
}
