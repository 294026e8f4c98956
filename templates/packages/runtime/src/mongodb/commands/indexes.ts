/** Commands about indexes. */
import { type Doc, isDocument } from "../bson/values";
import { failedToParse, MongoError } from "../errors";
import { sourceOf } from "../cursors";
import type { CommandContext, CommandTable } from "../session";
import { findIndex } from "../storage/catalog";
import type { Collection } from "../storage/collection";
import type { IndexDefinition } from "../storage/index-definition";
import { normalizeIndexSpec } from "../storage/index-definition";
import { equalValues } from "../values/compare";
import { toInteger } from "../values/numbers";

/** Whether an index exists already; the same name or key with other options is a conflict. */
function alreadyThere(collection: Collection, spec: Doc): boolean {
  for (const index of collection.indexes) {
    const sameKey =
      equalValues(index.key, spec.key) && JSON.stringify(index.spec.collation) === JSON.stringify(spec.collation);
    if (sameKey && (index.name === spec.name || index.name === "_id_") && sameOptions(index, spec)) return true;
    if (index.name === spec.name) throw nameConflict(index, spec);
    if (sameKey && sameOptions(index, spec)) {
      throw new MongoError("IndexOptionsConflict", `Index already exists with a different name: ${index.name}`);
    }
    if (index.isText && Object.values(spec.key as Doc).includes("text")) {
      throw new MongoError(
        "IndexOptionsConflict",
        `An equivalent index already exists with a different name and options: only one text index per collection allowed, found existing text index "${index.name}"`,
      );
    }
  }
  return false;
}

function nameConflict(index: IndexDefinition, spec: Doc): MongoError {
  return new MongoError(
    "IndexKeySpecsConflict",
    `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${JSON.stringify(spec)}, existing index: ${JSON.stringify(index.spec)}`,
  );
}

function sameOptions(index: IndexDefinition, spec: Doc): boolean {
  return ["unique", "sparse", "expireAfterSeconds", "partialFilterExpression"].every((name) =>
    equalValues(index.spec[name], spec[name]),
  );
}

const createIndexes = (context: CommandContext): Doc => {
  const { server, db } = context;
  const specs = context.array("indexes").map((given) => normalizeIndexSpec(given, context.namespace));
  if (specs.length === 0) throw new MongoError("BadValue", "Must specify at least one index to create");
  const known = server.catalog.find(db, context.collectionName);
  if (known?.isView)
    throw new MongoError("CommandNotSupportedOnView", `Cannot create indexes on view ${known.namespace}`);
  const collection = known ?? server.catalog.create(db, context.collectionName, {});
  const before = collection.indexes.length;
  for (const spec of specs) {
    if (alreadyThere(collection, spec)) continue;
    const own = collection.options.collation;
    const complete =
      own !== undefined && spec.collation === undefined && spec.name !== "_id_" ? { ...spec, collation: own } : spec;
    server.catalog.createIndex(collection, complete);
  }
  server.expiry.written(collection);
  const after = collection.indexes.length;
  return {
    numIndexesBefore: known ? before : 1,
    numIndexesAfter: after,
    createdCollectionAutomatically: !known,
    ...(after === before ? { note: "all indexes already exist" } : {}),
  };
};

const listIndexes = (context: CommandContext): Doc => {
  const { server, db, body } = context;
  const collection = server.catalog.find(db, context.collectionName);
  if (!collection) throw new MongoError("NamespaceNotFound", `ns does not exist: ${context.namespace}`);
  if (collection.isView)
    throw new MongoError("CommandNotSupportedOnView", `Namespace ${collection.namespace} is a view, not a collection`);
  const specs = collection.indexes.map(({ spec }) => listed(spec));
  const batchSize = isDocument(body.cursor) ? toInteger(body.cursor.batchSize) : null;
  return {
    cursor: server.cursors.first(collection.namespace, sourceOf(specs), { batchSize, session: context.session }),
  };
};

/** A text index is listed with the key it has inside MongoDB. */
function listed(spec: Doc): Doc {
  const key = spec.key as Doc;
  if (!Object.values(key).includes("text")) return spec;
  const others = Object.fromEntries(Object.entries(key).filter(([, kind]) => kind !== "text"));
  return { ...spec, key: { ...others, _fts: "text", _ftsx: 1 } };
}

const dropIndexes = (context: CommandContext): Doc => {
  const { server, db, body } = context;
  const collection = server.catalog.find(db, context.collectionName);
  if (!collection) throw new MongoError("NamespaceNotFound", `ns not found ${context.namespace}`);
  const nIndexesWas = collection.indexes.length;
  const { index } = body;
  if (index === undefined) throw failedToParse("BSON field 'dropIndexes.index' is missing but a required field");
  const chosen =
    index === "*"
      ? collection.indexes.filter(({ name }) => name !== "_id_")
      : (Array.isArray(index) ? index : [index]).map((wanted) => indexToDrop(collection, wanted));
  for (const one of chosen) server.catalog.dropIndex(collection, one);
  return { nIndexesWas };
};

function indexToDrop(collection: Collection, wanted: unknown): IndexDefinition {
  const index = findIndex(collection, wanted);
  if (!index) {
    throw new MongoError(
      "IndexNotFound",
      typeof wanted === "string"
        ? `index not found with name [${wanted}]`
        : `can't find index with key: ${JSON.stringify(wanted)}`,
    );
  }
  if (index.name === "_id_") throw new MongoError("InvalidOptions", "cannot drop _id index");
  return index;
}

export const INDEXES: CommandTable = {
  createIndexes,
  listIndexes,
  dropIndexes,
  deleteIndexes: dropIndexes,
  reIndex: (context) => {
    const collection = context.server.catalog.get(context.db, context.collectionName);
    return {
      nIndexesWas: collection.indexes.length,
      nIndexes: collection.indexes.length,
      indexes: collection.indexes.map(({ spec }) => spec),
    };
  },
};
