import { type Doc, isDocument, Long, ObjectId, RawDocument } from "../bson/values";
import { decodeDocument } from "../bson/decode";
import { MongoError } from "../errors";
import type { Server } from "../server";
import { ShellCursor } from "./cursor";

/** `db.a.b` is the collection "a.b". */
export function collectionProxy(collection: ShellCollection): ShellCollection {
  return new Proxy(collection, {
    get(target, name) {
      if (typeof name === "symbol") return Reflect.get(target, name) as unknown;
      if (name in target) {
        const member = Reflect.get(target, name) as unknown;
        return typeof member === "function" ? (member as (...values: unknown[]) => unknown).bind(target) : member;
      }
      return name === "then" || name === "toJSON" ? undefined : target.getCollection(name);
    },
  });
}

/** One collection, in the shell's words. */
export class ShellCollection {
  readonly #server: Server;
  readonly #db: string;
  readonly #name: string;

  constructor(server: Server, db: string, name: string) {
    this.#server = server;
    this.#db = db;
    this.#name = name;
  }

  getName(): string {
    return this.#name;
  }

  getFullName(): string {
    return `${this.#db}.${this.#name}`;
  }

  getCollection(name: string): ShellCollection {
    return collectionProxy(new ShellCollection(this.#server, this.#db, `${this.#name}.${name}`));
  }

  insertOne(document: Doc): Doc {
    const _id = document._id ?? (document._id = new ObjectId());
    this.#write({ insert: this.#name, documents: [document] });
    return { acknowledged: true, insertedId: _id };
  }

  insertMany(documents: Doc[], options: Doc = {}): Doc {
    for (const document of documents) document._id ??= new ObjectId();
    this.#write({ insert: this.#name, documents, ordered: options.ordered !== false });
    return { acknowledged: true, insertedIds: documents.map(({ _id }) => _id) };
  }

  insert(documents: Doc | Doc[], options: Doc = {}): Doc {
    return this.insertMany(Array.isArray(documents) ? documents : [documents], options);
  }

  save(document: Doc): Doc {
    if (document._id === undefined) return this.insertOne(document);
    return this.replaceOne({ _id: document._id }, document, { upsert: true });
  }

  updateOne(q: Doc, u: unknown, options: Doc = {}): Doc {
    return this.#update(q, u, false, options);
  }

  updateMany(q: Doc, u: unknown, options: Doc = {}): Doc {
    return this.#update(q, u, true, options);
  }

  update(q: Doc, u: unknown, options: Doc = {}): Doc {
    return this.#update(q, u, options.multi === true, options);
  }

  replaceOne(q: Doc, u: Doc, options: Doc = {}): Doc {
    return this.#update(q, u, false, options);
  }

  #update(q: Doc, u: unknown, multi: boolean, options: Doc): Doc {
    const { upsert, arrayFilters, collation, hint } = options;
    const statement = withoutMissing({ q, u, multi, upsert, arrayFilters, collation, hint });
    const { n, nModified, upserted } = this.#write({ update: this.#name, updates: [statement] });
    const [inserted] = (upserted ?? []) as Doc[];
    return {
      acknowledged: true,
      insertedId: inserted?._id ?? null,
      matchedCount: inserted ? 0 : n,
      modifiedCount: nModified,
      upsertedCount: inserted ? 1 : 0,
    };
  }

  deleteOne(q: Doc): Doc {
    return this.#delete(q, 1);
  }

  deleteMany(q: Doc): Doc {
    return this.#delete(q, 0);
  }

  remove(q: Doc = {}, options: boolean | Doc = {}): Doc {
    return this.#delete(q, options === true || (isDocument(options) && options.justOne === true) ? 1 : 0);
  }

  #delete(q: Doc, limit: number): Doc {
    const { n } = this.#write({ delete: this.#name, deletes: [{ q, limit }] });
    return { acknowledged: true, deletedCount: n };
  }

  bulkWrite(operations: Doc[]): Doc {
    for (const operation of operations) this.#bulkOperation(operation);
    return { acknowledged: true };
  }

  #bulkOperation(operation: Doc): void {
    const [name, value] = Object.entries(operation)[0] ?? ["", {}];
    const { document, filter, update, replacement, ...options } = value as Record<string, Doc>;
    switch (name) {
      case "insertOne":
        return void this.insertOne(document!);
      case "updateOne":
      case "updateMany":
        return void this.#update(filter!, update, name === "updateMany", options);
      case "replaceOne":
        return void this.#update(filter!, replacement, false, options);
      case "deleteOne":
      case "deleteMany":
        return void this.#delete(filter!, name === "deleteOne" ? 1 : 0);
      default:
        throw new MongoError("BadValue", `unknown bulk operation: ${name}`);
    }
  }

  find(filter: Doc = {}, projection: Doc = {}): ShellCursor {
    return new ShellCursor((options) => this.#all({ find: this.#name, filter, projection, ...options }));
  }

  findOne(filter: Doc = {}, projection: Doc = {}): Doc | null {
    return this.#all({ find: this.#name, filter, projection, limit: 1 })[0] ?? null;
  }

  aggregate(...stages: (Doc | Doc[])[]): ShellCursor {
    const pipeline = Array.isArray(stages[0]) ? stages[0] : stages;
    return new ShellCursor(() => this.#all({ aggregate: this.#name, pipeline, cursor: {} }));
  }

  findAndModify({ query = {}, ...rest }: Doc): unknown {
    return this.#run({ findAndModify: this.#name, query, ...rest }).value;
  }

  findOneAndUpdate(query: Doc, update: unknown, options: Doc = {}): unknown {
    const { sort, upsert, arrayFilters, projection: fields, returnDocument, returnNewDocument } = options;
    const isNew = returnNewDocument === true || returnDocument === "after";
    return this.findAndModify(withoutMissing({ query, update, sort, upsert, arrayFilters, fields, new: isNew }));
  }

  findOneAndReplace(query: Doc, replacement: Doc, options: Doc = {}): unknown {
    return this.findOneAndUpdate(query, replacement, options);
  }

  findOneAndDelete(query: Doc, { sort, projection: fields }: Doc = {}): unknown {
    return this.findAndModify(withoutMissing({ query, remove: true, sort, fields }));
  }

  countDocuments(query: Doc = {}): unknown {
    return this.#run({ count: this.#name, query }).n;
  }

  count(query: Doc = {}): unknown {
    return this.countDocuments(query);
  }

  estimatedDocumentCount(): unknown {
    return this.countDocuments();
  }

  distinct(key: string, query: Doc = {}): unknown {
    return this.#run({ distinct: this.#name, key, query }).values;
  }

  createIndex(key: Doc | string, options: Doc = {}): string {
    const pattern = typeof key === "string" ? { [key]: 1 } : key;
    const spec: Doc = { key: pattern, ...options };
    this.#run({ createIndexes: this.#name, indexes: [spec] });
    return typeof options.name === "string" ? options.name : Object.entries(pattern).flat().join("_");
  }

  ensureIndex(key: Doc, options: Doc = {}): string {
    return this.createIndex(key, options);
  }

  createIndexes(keys: Doc[], options: Doc = {}): string[] {
    return keys.map((key) => this.createIndex(key, options));
  }

  dropIndex(index: unknown): Doc {
    return this.#run({ dropIndexes: this.#name, index });
  }

  dropIndexes(index: unknown = "*"): Doc {
    return this.#run({ dropIndexes: this.#name, index });
  }

  getIndexes(): Doc[] {
    return this.#all({ listIndexes: this.#name });
  }

  drop(): boolean {
    const existed = this.#server.catalog.find(this.#db, this.#name) !== null;
    this.#run({ drop: this.#name });
    return existed;
  }

  renameCollection(name: string, dropTarget = false): Doc {
    return this.#server.runInternally("admin", {
      renameCollection: this.getFullName(),
      to: `${this.#db}.${name}`,
      dropTarget,
    });
  }

  stats(): Doc {
    return this.#run({ collStats: this.#name });
  }

  exists(): boolean {
    return this.#server.catalog.find(this.#db, this.#name) !== null;
  }

  #run(command: Doc): Doc {
    return this.#server.runInternally(this.#db, command);
  }

  #write(command: Doc): Doc {
    const reply = this.#run(command);
    const [error] = (reply.writeErrors ?? []) as Doc[];
    if (error) throw new MongoError(Number(error.code), String(error.errmsg));
    return reply;
  }

  /** Every document of a cursor. */
  #all(command: Doc): Doc[] {
    let cursor = this.#run({ ...command }).cursor as Doc;
    const found = [...(cursor.firstBatch as unknown[])];
    while (cursor.id instanceof Long && !cursor.id.isZero()) {
      cursor = this.#run({ getMore: cursor.id, collection: String(cursor.ns).slice(this.#db.length + 1) })
        .cursor as Doc;
      found.push(...(cursor.nextBatch as unknown[]));
    }
    return found.map((one) => (one instanceof RawDocument ? decodeDocument(one.bytes) : (one as Doc)));
  }
}

function withoutMissing(document: Doc): Doc {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}
