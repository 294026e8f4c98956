import { type Doc, isDocument } from "../bson/values";
import { MongoError } from "../errors";
import { compileQuery, type Predicate } from "../query/matcher";
import { type Collation, parseCollation } from "../values/collation";
import { IndexDefinition } from "./index-definition";
import { type KeyRange, StoredDocument } from "./records";

/** Bytes of a document in its own row; SQLite in a Durable Object takes rows of up to 2 MB. */
const ROW_BYTES = 1_900_000;
/** Rows read in one go: a cursor may pause between any two of them while others write. */
const PAGE = 256;

type DocumentRow = { seq: number; body: ArrayBuffer };

/** The documents of one collection and its indexes, in SQLite. */
export class Collection {
  readonly id: number;
  readonly db: string;
  name: string;
  indexes: IndexDefinition[];
  #options: Doc = {};
  collation: Collation | undefined;
  validator: Predicate | null = null;
  readonly #sql: SqlStorage;
  #count: number | null = null;
  #bytes: number | null = null;
  #nextSeq: number | null = null;

  constructor(sql: SqlStorage, id: number, db: string, name: string, options: Doc, indexes: IndexDefinition[]) {
    this.#sql = sql;
    this.id = id;
    this.db = db;
    this.name = name;
    this.indexes = indexes;
    this.options = options;
  }

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }

  get options(): Doc {
    return this.#options;
  }

  set options(options: Doc) {
    this.#options = options;
    this.collation = parseCollation(options.collation);
    this.validator =
      isDocument(options.validator) && Object.keys(options.validator).length > 0
        ? compileQuery(options.validator)
        : null;
  }

  get isView(): boolean {
    return this.#options.viewOn !== undefined;
  }

  get count(): number {
    this.#count ??= this.#sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM c_${this.id}`).one().n;
    return this.#count;
  }

  /** Bytes of all documents. */
  get dataSize(): number {
    this.#bytes ??=
      this.#sql
        .exec<{ n: number | null }>(
          `SELECT SUM(LENGTH(body)) + (SELECT COALESCE(SUM(LENGTH(bytes)), 0) FROM overflow WHERE collection = ?) AS n
          FROM c_${this.id}`,
          this.id,
        )
        .one().n ?? 0;
    return this.#bytes;
  }

  /** To be called when writes were rolled back: what is counted in memory is counted anew. */
  recount(): void {
    this.#count = null;
    this.#bytes = null;
  }

  /** The place of the next document. */
  reserveSeq(): number {
    this.#nextSeq ??= (this.#sql.exec<{ n: number | null }>(`SELECT MAX(seq) AS n FROM c_${this.id}`).one().n ?? 0) + 1;
    return this.#nextSeq++;
  }

  get lastSeq(): number {
    return (this.#nextSeq ?? this.reserveSeq()) - 1;
  }

  get(seq: number): StoredDocument | null {
    const [row] = this.#sql.exec<DocumentRow>(`SELECT seq, body FROM c_${this.id} WHERE seq = ?`, seq).toArray();
    return row ? this.#stored(row) : null;
  }

  /** All documents in the order of insertion, or from the last one backwards. */
  *scan(backwards = false, after?: number): Generator<StoredDocument> {
    const [compare, order] = backwards ? ["<", "DESC"] : [">", "ASC"];
    let from = after ?? (backwards ? Number.MAX_SAFE_INTEGER : -1);
    for (;;) {
      const rows = this.#sql
        .exec<DocumentRow>(
          `SELECT seq, body FROM c_${this.id} WHERE seq ${compare} ? ORDER BY seq ${order} LIMIT ${PAGE}`,
          from,
        )
        .toArray();
      for (const row of rows) yield this.#stored(row);
      if (rows.length < PAGE) return;
      from = rows.at(-1)!.seq;
    }
  }

  /** The documents whose keys are in one of the ranges, in the index's order or backwards; each once. */
  *lookUp(index: IndexDefinition, ranges: readonly KeyRange[], backwards = false): Generator<StoredDocument> {
    const seen = index.multikey || ranges.length > 1 ? new Set<number>() : null;
    for (const range of backwards ? [...ranges].reverse() : ranges) {
      for (const row of this.#rowsOf(index, range, backwards)) {
        if (seen?.has(row.seq)) continue;
        seen?.add(row.seq);
        yield this.#stored(row);
      }
    }
  }

  *#rowsOf(index: IndexDefinition, range: KeyRange, backwards: boolean): Generator<DocumentRow> {
    const order = backwards ? "DESC" : "ASC";
    const select = `SELECT i.key AS key, i.seq AS seq, c.body AS body FROM i_${index.id} i JOIN c_${this.id} c ON c.seq = i.seq`;
    const past = backwards ? "(i.key, i.seq) < (?, ?)" : "(i.key, i.seq) > (?, ?)";
    let last: { key: ArrayBuffer; seq: number } | null = null;
    // Short at first: most look-ups want one document.
    for (let page = 16; ; page = PAGE) {
      const conditions = ["i.key >= ?"];
      const values: SqlStorageValue[] = [bytesOf(range.lower)];
      if (range.upper) {
        conditions.push("i.key < ?");
        values.push(bytesOf(range.upper));
      }
      if (last) {
        conditions.push(past);
        values.push(last.key, last.seq);
      }
      const query = `${select} WHERE ${conditions.join(" AND ")} ORDER BY i.key ${order}, i.seq ${order} LIMIT ${page}`;
      const rows: (DocumentRow & { key: ArrayBuffer })[] = this.#sql
        .exec<DocumentRow & { key: ArrayBuffer }>(query, ...values)
        .toArray();
      yield* rows;
      if (rows.length < page) return;
      last = rows.at(-1)!;
    }
  }

  /** Another document that has one of these keys, for a unique index. */
  findKey(index: IndexDefinition, keys: readonly Buffer[], except: (seq: number) => boolean): Buffer | null {
    for (const key of keys) {
      const rows = this.#sql.exec<{ seq: number }>(`SELECT seq FROM i_${index.id} WHERE key = ?`, bytesOf(key));
      for (const { seq } of rows) if (!except(seq)) return key;
    }
    return null;
  }

  /** Writes a new document and its keys; that it may be written has been checked. */
  put(seq: number, bytes: Uint8Array, document: Doc): void {
    this.#writeBody(seq, bytes, "INSERT INTO");
    for (const index of this.indexes) this.#addKeys(index, seq, index.keysOf(document), document);
    if (this.#count !== null) this.#count++;
    this.#grow(bytes.byteLength);
  }

  /** Writes another version of a document; of the keys only those that changed. */
  replace(old: StoredDocument, bytes: Uint8Array, document: Doc): void {
    this.#deleteOverflow(old);
    this.#grow(bytes.byteLength - old.bytes.byteLength);
    this.#writeBody(old.seq, bytes, "INSERT OR REPLACE INTO");
    for (const index of this.indexes) {
      const before = index.keysOf(old.document);
      const now = index.keysOf(document);
      const [had, has] = [before, now].map((keys) => new Set(keys.map((key) => key.toString("latin1"))));
      this.#removeKeys(
        index,
        old.seq,
        before.filter((key) => !has!.has(key.toString("latin1"))),
      );
      this.#addKeys(
        index,
        old.seq,
        now.filter((key) => !had!.has(key.toString("latin1"))),
        document,
      );
    }
  }

  delete(old: StoredDocument): void {
    this.#deleteOverflow(old);
    this.#sql.exec(`DELETE FROM c_${this.id} WHERE seq = ?`, old.seq);
    for (const index of this.indexes) this.#removeKeys(index, old.seq, index.keysOf(old.document));
    if (this.#count !== null) this.#count--;
    this.#grow(-old.bytes.byteLength);
  }

  /** Fills a new index; a duplicate ends it. */
  build(index: IndexDefinition): void {
    for (const stored of this.scan()) {
      const keys = index.keysOf(stored.document);
      if (index.unique && this.findKey(index, keys, (seq) => seq === stored.seq)) {
        throw duplicateKey(this.namespace, index, stored.document);
      }
      this.#addKeys(index, stored.seq, keys, stored.document);
    }
  }

  createTable(): void {
    this.#sql.exec(`CREATE TABLE c_${this.id} (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)`);
  }

  createIndexTable(index: IndexDefinition): void {
    this.#sql.exec(
      `CREATE TABLE i_${index.id} (key BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, seq)) WITHOUT ROWID`,
    );
  }

  dropIndexTable(index: IndexDefinition): void {
    this.#sql.exec(`DROP TABLE i_${index.id}`);
  }

  dropTables(): void {
    for (const index of this.indexes) this.dropIndexTable(index);
    this.#sql.exec(`DROP TABLE c_${this.id}`);
    this.#sql.exec("DELETE FROM overflow WHERE collection = ?", this.id);
    this.#count = 0;
  }

  #grow(bytes: number): void {
    if (this.#bytes !== null) this.#bytes += bytes;
  }

  #writeBody(seq: number, bytes: Uint8Array, statement: string): void {
    this.#sql.exec(`${statement} c_${this.id} (seq, body) VALUES (?, ?)`, seq, bytesOf(bytes.subarray(0, ROW_BYTES)));
    for (let part = 1; part * ROW_BYTES < bytes.byteLength; part++) {
      const slice = bytes.subarray(part * ROW_BYTES, (part + 1) * ROW_BYTES);
      this.#sql.exec(
        "INSERT INTO overflow (collection, seq, part, bytes) VALUES (?, ?, ?, ?)",
        this.id,
        seq,
        part,
        bytesOf(slice),
      );
    }
  }

  #deleteOverflow(old: StoredDocument): void {
    if (old.bytes.byteLength <= ROW_BYTES) return;
    this.#sql.exec("DELETE FROM overflow WHERE collection = ? AND seq = ?", this.id, old.seq);
  }

  #stored({ seq, body }: DocumentRow): StoredDocument {
    const bytes = new Uint8Array(body);
    const length = new DataView(body).getInt32(0, true);
    if (length <= bytes.byteLength) return new StoredDocument(seq, bytes);
    const parts = this.#sql.exec<{ bytes: ArrayBuffer }>(
      "SELECT bytes FROM overflow WHERE collection = ? AND seq = ? ORDER BY part",
      this.id,
      seq,
    );
    return new StoredDocument(seq, Buffer.concat([bytes, ...[...parts].map((part) => new Uint8Array(part.bytes))]));
  }

  #addKeys(index: IndexDefinition, seq: number, keys: readonly Buffer[], document: Doc): void {
    for (const key of keys)
      this.#sql.exec(`INSERT OR IGNORE INTO i_${index.id} (key, seq) VALUES (?, ?)`, bytesOf(key), seq);
    if (!index.multikey && !index.special && index.makesMultikey(document)) {
      index.multikey = true;
      this.#sql.exec("UPDATE indexes SET multikey = 1 WHERE id = ?", index.id);
    }
  }

  #removeKeys(index: IndexDefinition, seq: number, keys: readonly Buffer[]): void {
    for (const key of keys) this.#sql.exec(`DELETE FROM i_${index.id} WHERE key = ? AND seq = ?`, bytesOf(key), seq);
  }
}

/** SQLite's binding takes an ArrayBuffer of exactly the bytes meant. */
function bytesOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

export function duplicateKey(namespace: string, index: IndexDefinition, document: Doc): MongoError {
  const keyValue = index.valuesOf(document);
  return new MongoError(
    "DuplicateKey",
    `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: ${shellText(keyValue)}`,
    { keyPattern: index.key, keyValue },
  );
}

/** A document as the messages of the server show it: `{ email: "a@b.c" }`. */
export function shellText(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(shellText).join(", ")} ]`;
  if (isDocument(value)) {
    const fields = Object.entries(value).map(([name, inner]) => `${name}: ${shellText(inner)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  const named = value as { toHexString?: () => string } | null;
  return typeof named?.toHexString === "function" ? `ObjectId('${named.toHexString()}')` : String(value);
}
