/** Commands about collections and databases. */
import { checkPipeline } from "../aggregate/pipeline";
import { type Doc, isDocument, typeName } from "../bson/values";
import { failedToParse, MongoError } from "../errors";
import { sourceOf } from "../cursors";
import { compileQuery } from "../query/matcher";
import type { CommandContext, CommandTable } from "../session";
import type { Collection } from "../storage/collection";
import { parseCollation } from "../values/collation";
import { isNumeric, toDouble, toInteger } from "../values/numbers";
import { findIndex } from "../storage/catalog";
import { equalValues } from "../values/compare";

/** Options that are kept with a collection and listed. */
const KEPT = [
  "capped",
  "size",
  "max",
  "validator",
  "validationLevel",
  "validationAction",
  "collation",
  "viewOn",
  "pipeline",
  "timeseries",
  "expireAfterSeconds",
  "changeStreamPreAndPostImages",
  "clusteredIndex",
];
/** Options that make no difference here, and what every command may carry. */
const IGNORED = [
  "autoIndexId",
  "storageEngine",
  "indexOptionDefaults",
  "writeConcern",
  "comment",
  "flags",
  "temp",
  "idIndex",
  "encryptedFields",
  "readConcern",
  "maxTimeMS",
  "lsid",
  "txnNumber",
  "autocommit",
  "startTransaction",
  "apiVersion",
  "apiStrict",
  "apiDeprecationErrors",
];

const create = (context: CommandContext): Doc => {
  const { body, server, db } = context;
  const name = context.collectionName;
  const unknown = Object.keys(body)
    .slice(1)
    .find((field) => !field.startsWith("$") && !KEPT.includes(field) && !IGNORED.includes(field));
  if (unknown) throw new MongoError(40415, `BSON field 'create.${unknown}' is an unknown field.`);
  if (body.timeseries !== undefined || body.clusteredIndex !== undefined) {
    throw new MongoError(
      "NotImplemented",
      `${body.timeseries ? "time series" : "clustered"} collections are not supported`,
    );
  }
  const options = collectionOptions(body);
  const existing = server.catalog.find(db, name);
  if (existing) {
    const { uuid: _uuid, ...kept } = existing.options;
    if (equalValues(kept, options)) return {};
    throw new MongoError("NamespaceExists", `Collection ${db}.${name} already exists.`);
  }
  const collection = server.catalog.create(db, name, options);
  server.changes.recordCommand("create", db, collection.name);
  return {};
};

function collectionOptions(body: Doc): Doc {
  const options: Doc = {};
  for (const name of KEPT)
    if (body[name] !== undefined && body[name] !== null && body[name] !== false) options[name] = body[name];
  if (options.capped === true) {
    const size = isNumeric(body.size) ? toDouble(body.size) : 0;
    if (!(size > 0)) throw new MongoError("InvalidOptions", "the 'size' field is required when 'capped' is true");
    options.size = Math.ceil(size / 256) * 256;
  }
  if (options.collation !== undefined) {
    const collation = parseCollation(options.collation);
    if (collation) options.collation = collation.spec;
    else delete options.collation;
  }
  if (options.viewOn !== undefined) {
    if (typeof options.viewOn !== "string") throw failedToParse("'viewOn' must be a string");
    options.pipeline = checkPipeline(options.pipeline ?? []);
  }
  checkValidation(options);
  return options;
}

function checkValidation({ validator, validationLevel, validationAction }: Doc): void {
  if (validator !== undefined) compileQuery(validator);
  if (validationLevel !== undefined && !["off", "strict", "moderate"].includes(String(validationLevel))) {
    throw new MongoError(
      "BadValue",
      `Enumeration value '${String(validationLevel)}' for field 'validationLevel' is not a valid value.`,
    );
  }
  if (validationAction !== undefined && !["error", "warn"].includes(String(validationAction))) {
    throw new MongoError(
      "BadValue",
      `Enumeration value '${String(validationAction)}' for field 'validationAction' is not a valid value.`,
    );
  }
}

const drop = (context: CommandContext): Doc => {
  const { server, db } = context;
  const collection = server.catalog.find(db, context.collectionName);
  if (!collection) return {}; // since 7.0 that is no error
  const count = collection.indexes.length;
  server.catalog.drop(collection);
  server.changes.recordCommand("drop", db, collection.name);
  return { nIndexesWas: count, ns: collection.namespace };
};

const dropDatabase = ({ server, db }: CommandContext): Doc => {
  for (const collection of server.catalog.collections(db)) {
    server.catalog.drop(collection);
    server.changes.recordCommand("drop", db, collection.name);
  }
  server.changes.recordCommand("dropDatabase", db, null);
  return { dropped: db };
};

function describe(collection: Collection, nameOnly: boolean): Doc {
  const type = collection.isView ? "view" : "collection";
  if (nameOnly) return { name: collection.name, type };
  const { uuid, ...options } = collection.options;
  return {
    name: collection.name,
    type,
    options,
    info: { readOnly: collection.isView, ...(collection.isView ? {} : { uuid }) },
    ...(collection.isView ? {} : { idIndex: { v: 2, key: { _id: 1 }, name: "_id_" } }),
  };
}

const listCollections = (context: CommandContext): Doc => {
  const { server, db, body } = context;
  const matches = compileQuery(context.document("filter"));
  const all = server.catalog.collections(db).map((collection) => describe(collection, false));
  const found = all
    .filter(matches)
    .map(({ name, type, ...rest }) => (body.nameOnly === true ? { name, type } : { name, type, ...rest }));
  const batchSize = isDocument(body.cursor) ? toInteger(body.cursor.batchSize) : null;
  return {
    cursor: server.cursors.first(`${db}.$cmd.listCollections`, sourceOf(found), {
      batchSize,
      session: context.session,
    }),
  };
};

const listDatabases = (context: CommandContext): Doc => {
  const { server, body } = context;
  const matches = compileQuery(context.document("filter"));
  const databases = server.catalog
    .databases()
    .sort()
    .map((name) => {
      const sizeOnDisk = body.nameOnly === true ? 0 : databaseSize(context, name);
      return { name, sizeOnDisk, empty: false };
    });
  const found = databases.filter(matches);
  if (body.nameOnly === true) return { databases: found.map(({ name }) => ({ name })) };
  const totalSize = found.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0);
  return { databases: found, totalSize, totalSizeMb: Math.floor(totalSize / 1024 / 1024) };
};

export function databaseSize({ server }: CommandContext, db: string): number {
  return server.catalog
    .collections(db)
    .reduce((sum, collection) => sum + (collection.isView ? 0 : collection.dataSize), 0);
}

function split(namespace: unknown): [db: string, name: string] {
  if (typeof namespace !== "string" || !namespace.includes(".")) {
    throw new MongoError("InvalidNamespace", `Invalid namespace specified '${String(namespace)}'`);
  }
  const dot = namespace.indexOf(".");
  return [namespace.slice(0, dot), namespace.slice(dot + 1)];
}

const renameCollection = (context: CommandContext): Doc => {
  const { server, body } = context;
  const [fromDb, fromName] = split(body.renameCollection);
  const [toDb, toName] = split(body.to);
  const collection = server.catalog.find(fromDb, fromName);
  if (!collection) throw new MongoError("NamespaceNotFound", `Source collection ${fromDb}.${fromName} does not exist`);
  const target = server.catalog.find(toDb, toName);
  if (target === collection) throw new MongoError("IllegalOperation", "Can't rename a collection to itself");
  if (target) {
    if (body.dropTarget !== true) throw new MongoError("NamespaceExists", "target namespace exists");
    server.catalog.drop(target);
  }
  server.catalog.rename(collection, toDb, toName);
  server.changes.recordCommand("rename", fromDb, fromName, { to: { db: toDb, coll: toName } });
  return {};
};

const collMod = (context: CommandContext): Doc => {
  const { server, body, db } = context;
  const collection = server.catalog.get(db, context.collectionName);
  const { index } = body;
  if (isDocument(index)) return changeIndex(context, collection, index);
  const options: Doc = { ...collection.options };
  for (const name of [
    "validator",
    "validationLevel",
    "validationAction",
    "viewOn",
    "pipeline",
    "changeStreamPreAndPostImages",
  ]) {
    if (body[name] !== undefined) options[name] = body[name];
  }
  if (body.cappedSize !== undefined) options.size = body.cappedSize;
  if (body.cappedMax !== undefined) options.max = body.cappedMax;
  checkValidation(options);
  server.catalog.setOptions(collection, options);
  return {};
};

function changeIndex({ server }: CommandContext, collection: Collection, change: Doc): Doc {
  const index = findIndex(collection, change.name ?? change.keyPattern);
  if (!index)
    throw new MongoError(
      "IndexNotFound",
      `cannot find index ${JSON.stringify(change.name ?? change.keyPattern)} for ns ${collection.namespace}`,
    );
  const spec = { ...index.spec };
  const reply: Doc = {};
  for (const name of ["expireAfterSeconds", "hidden"]) {
    if (change[name] === undefined) continue;
    reply[`${name}_old`] = spec[name];
    reply[`${name}_new`] = change[name];
    spec[name] = change[name];
  }
  server.catalog.changeIndex(collection, index, spec);
  server.expiry.written(collection);
  return reply;
}

const validate = (context: CommandContext): Doc => {
  const collection = context.server.catalog.get(context.db, context.collectionName);
  return {
    ns: collection.namespace,
    nInvalidDocuments: 0,
    nrecords: collection.count,
    nIndexes: collection.indexes.length,
    valid: true,
    warnings: [],
    errors: [],
  };
};

const convertToCapped = (context: CommandContext): Doc => {
  const { server, body } = context;
  const collection = server.catalog.get(context.db, context.collectionName);
  if (!isNumeric(body.size)) throw failedToParse(`convertToCapped needs a size, got ${typeName(body.size)}`);
  server.catalog.setOptions(collection, { ...collection.options, capped: true, size: body.size });
  return {};
};

export const COLLECTIONS: CommandTable = {
  create,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  renameCollection,
  collMod,
  validate,
  convertToCapped,
  compact: () => ({ bytesFreed: 0 }),
};
