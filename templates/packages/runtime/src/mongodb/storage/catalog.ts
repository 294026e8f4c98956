import { decodeDocument } from "../bson/decode";
import { encodeDocument } from "../bson/encode";
import { Binary, type Doc } from "../bson/values";
import { MongoError } from "../errors";
import { equalValues } from "../values/compare";
import { Collection } from "./collection";
import { IndexDefinition } from "./index-definition";

type CollectionRow = { id: number; db: string; name: string; options: ArrayBuffer };
type IndexRow = { id: number; collection: number; spec: ArrayBuffer; multikey: number };

/** What collections there are. They are few, so all of them are known in memory. */
export class Catalog {
  readonly #sql: SqlStorage;
  readonly #storage: DurableObjectStorage;
  readonly #databases = new Map<string, Map<string, Collection>>();

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    const indexes = [...this.#sql.exec<IndexRow>("SELECT id, collection, spec, multikey FROM indexes ORDER BY id")];
    for (const row of this.#sql.exec<CollectionRow>("SELECT id, db, name, options FROM collections ORDER BY id")) {
      const own = indexes
        .filter(({ collection }) => collection === row.id)
        .map(({ id, spec, multikey }) => new IndexDefinition(id, decodeDocument(new Uint8Array(spec)), multikey === 1));
      const options = decodeDocument(new Uint8Array(row.options));
      this.#remember(new Collection(this.#sql, row.id, row.db, row.name, options, own));
    }
  }

  databases(): string[] {
    return [...this.#databases].filter(([, collections]) => collections.size > 0).map(([name]) => name);
  }

  collections(db: string): Collection[] {
    return [...(this.#databases.get(db)?.values() ?? [])];
  }

  find(db: string, name: string): Collection | null {
    return this.#databases.get(db)?.get(name) ?? null;
  }

  get(db: string, name: string): Collection {
    const collection = this.find(db, name);
    if (!collection) throw new MongoError("NamespaceNotFound", `ns does not exist: ${db}.${name}`);
    return collection;
  }

  /** The collection, made when there is none yet: a write makes what it writes to. */
  findOrCreate(db: string, name: string): Collection {
    return this.find(db, name) ?? this.create(db, name, {});
  }

  create(db: string, name: string, options: Doc): Collection {
    checkName(db, name);
    return this.#storage.transactionSync(() => {
      const stored = encodeDocument({ ...options, uuid: new Binary(crypto.getRandomValues(new Uint8Array(16)), 4) });
      const { id } = this.#sql
        .exec<{ id: number }>(
          "INSERT INTO collections (db, name, options) VALUES (?, ?, ?) RETURNING id",
          db,
          name,
          arrayBuffer(stored),
        )
        .one();
      const collection = new Collection(this.#sql, id, db, name, decodeDocument(stored), []);
      if (!collection.isView) {
        collection.createTable();
        this.createIndex(collection, { v: 2, key: { _id: 1 }, name: "_id_" });
      }
      this.#remember(collection);
      return collection;
    });
  }

  setOptions(collection: Collection, options: Doc): void {
    collection.options = options; // refuses a validator that cannot be compiled
    this.#sql.exec(
      "UPDATE collections SET options = ? WHERE id = ?",
      arrayBuffer(encodeDocument(options)),
      collection.id,
    );
  }

  drop(collection: Collection): void {
    this.#storage.transactionSync(() => {
      if (!collection.isView) collection.dropTables();
      this.#sql.exec("DELETE FROM indexes WHERE collection = ?", collection.id);
      this.#sql.exec("DELETE FROM collections WHERE id = ?", collection.id);
    });
    this.#databases.get(collection.db)?.delete(collection.name);
  }

  rename(collection: Collection, db: string, name: string): void {
    checkName(db, name);
    this.#sql.exec("UPDATE collections SET db = ?, name = ? WHERE id = ?", db, name, collection.id);
    this.#databases.get(collection.db)?.delete(collection.name);
    if (db === collection.db) {
      collection.name = name;
      return this.#remember(collection);
    }
    this.#remember(new Collection(this.#sql, collection.id, db, name, collection.options, collection.indexes));
  }

  createIndex(collection: Collection, spec: Doc): IndexDefinition {
    return this.#storage.transactionSync(() => {
      const { id } = this.#sql
        .exec<{ id: number }>(
          "INSERT INTO indexes (collection, spec) VALUES (?, ?) RETURNING id",
          collection.id,
          arrayBuffer(encodeDocument(spec)),
        )
        .one();
      const index = new IndexDefinition(id, spec, false);
      collection.createIndexTable(index);
      if (spec.name !== "_id_") collection.build(index);
      collection.indexes = [...collection.indexes, index];
      return index;
    });
  }

  dropIndex(collection: Collection, index: IndexDefinition): void {
    this.#storage.transactionSync(() => {
      collection.dropIndexTable(index);
      this.#sql.exec("DELETE FROM indexes WHERE id = ?", index.id);
    });
    collection.indexes = collection.indexes.filter((other) => other !== index);
  }

  /** Changes options of an index that do not change its keys. */
  changeIndex(collection: Collection, index: IndexDefinition, spec: Doc): void {
    this.#sql.exec("UPDATE indexes SET spec = ? WHERE id = ?", arrayBuffer(encodeDocument(spec)), index.id);
    const changed = new IndexDefinition(index.id, spec, index.multikey);
    collection.indexes = collection.indexes.map((other) => (other === index ? changed : other));
  }

  #remember(collection: Collection): void {
    let collections = this.#databases.get(collection.db);
    if (!collections) this.#databases.set(collection.db, (collections = new Map()));
    collections.set(collection.name, collection);
  }
}

/** The index that a name or a key pattern means. */
export function findIndex(collection: Collection, wanted: unknown): IndexDefinition | null {
  return (
    collection.indexes.find((index) =>
      typeof wanted === "string" ? index.name === wanted : equalValues(index.key, wanted),
    ) ?? null
  );
}

function checkName(db: string, name: string): void {
  if (db === "" || /[/\\. "$*<>:|?\0]/.test(db) || Buffer.byteLength(db) > 63) {
    throw new MongoError("InvalidNamespace", `Invalid database name: '${db}'`);
  }
  if (name === "" || name.includes("\0") || name.startsWith(".") || name.endsWith(".")) {
    throw new MongoError("InvalidNamespace", `Invalid collection name: ${name}`);
  }
  if (name.includes("$")) throw new MongoError("InvalidNamespace", `Invalid collection name: ${name}`);
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
