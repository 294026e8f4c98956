/** Commands that write documents. */
import { runOnDocument } from "../aggregate/pipeline";
import { encodeDocument } from "../bson/encode";
import { type Doc, isDocument, RawDocument, typeName } from "../bson/values";
import { failedToParse, MongoError, wrongFieldType } from "../errors";
import { findDocuments } from "../query/find";
import { compileProjection, projectionDocument } from "../query/projection";
import { unexpected } from "../server";
import { decodeDocument } from "../bson/decode";
import type { CommandContext, CommandTable } from "../session";
import type { Collection } from "../storage/collection";
import type { StoredDocument } from "../storage/records";
import { compileUpdate, documentOfQuery, matchedPosition, type Update, withId } from "../update/update";
import type { Collation } from "../values/collation";
import { toInteger } from "../values/numbers";
import { MAX_DOCUMENT_BYTES } from "../wire";
import { environmentOf } from "./environment";

/** Runs the statements of a write one by one; an ordered write ends at the first that fails. */
function eachStatement(
  context: CommandContext,
  statements: unknown[],
  run: (statement: unknown, index: number) => void,
): Doc {
  if (statements.length === 0)
    throw new MongoError("InvalidLength", "Write batch sizes must be between 1 and 100000. Got 0 operations.");
  const errors: Doc[] = [];
  const ordered = context.body.ordered !== false;
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      const known = unexpected(error);
      if (known.codeName === "WriteConflict") throw known;
      if (context.inTransaction) context.server.transactions.fail(context.session!);
      errors.push({ index, code: known.code, errmsg: known.message, ...known.details });
      if (ordered) break;
    }
  }
  return errors.length > 0 ? { writeErrors: errors } : {};
}

function writable(context: CommandContext): Collection {
  const collection = context.server.catalog.findOrCreate(context.db, context.collectionName);
  refuseView(collection);
  return collection;
}

function refuseView(collection: Collection | null): void {
  if (collection?.isView) {
    throw new MongoError("CommandNotSupportedOnView", `Namespace ${collection.namespace} is a view, not a collection`);
  }
}

const insert = (context: CommandContext): Doc => {
  const documents = context.array("documents");
  const collection = writable(context);
  const bypass = context.body.bypassDocumentValidation === true;
  let n = 0;
  const errors = eachStatement(context, documents, (given) => {
    const { bytes, document } = prepared(given);
    if (!bypass) validate(collection, document);
    context.view.insert(collection, bytes, document);
    enforceCap(context, collection);
    context.server.counters.insert!++;
    n++;
  });
  return { n, ...errors };
};

/** A document as it is stored: with an _id, in front. One that came that way keeps its bytes. */
function prepared(given: unknown): { bytes: Uint8Array; document: Doc } {
  const decoded = given instanceof RawDocument ? decodeDocument(given.bytes) : given;
  if (!isDocument(decoded)) throw wrongFieldType("insert.documents.0", typeName(given), "object");
  const document = withId(decoded);
  const bytes = given instanceof RawDocument && document === decoded ? given.bytes : encodeDocument(document);
  requireStorable(document, bytes);
  return { bytes, document };
}

function requireStorable(document: Doc, bytes: Uint8Array): void {
  if (bytes.byteLength > MAX_DOCUMENT_BYTES) {
    throw new MongoError(
      "BSONObjectTooLarge",
      `object to insert too large. size in bytes: ${bytes.byteLength}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  const kind = typeName(document._id);
  if (kind === "array" || kind === "regex" || kind === "undefined") {
    throw new MongoError(53, `The '_id' value cannot be of type ${kind}`);
  }
}

function validate(collection: Collection, document: Doc): void {
  const { validator, options } = collection;
  if (!validator || options.validationLevel === "off" || validator(document)) return;
  if (options.validationAction === "warn") return;
  throw new MongoError("DocumentValidationFailure", "Document failed validation", {
    errInfo: {
      failingDocumentId: document._id,
      details: { operatorName: validatorName(options.validator as Doc), specifiedAs: options.validator },
    },
  });
}

const validatorName = (validator: Doc): string => {
  const [name = ""] = Object.keys(validator);
  return name.startsWith("$") ? name : "$and";
};

/** A capped collection lets its oldest documents go. */
function enforceCap(context: CommandContext, collection: Collection): void {
  const { capped, size, max } = collection.options;
  if (capped !== true || context.inTransaction) return;
  const [most, bytes] = [toInteger(max) || Infinity, toInteger(size) || Infinity];
  while (collection.count > 1 && (collection.count > most || collection.dataSize > bytes)) {
    const [oldest] = collection.scan();
    if (!oldest) return;
    context.view.delete(collection, oldest);
  }
}

interface Statement {
  filter: Doc;
  update: Update;
  collation: Collation | undefined;
  multi: boolean;
  upsert: boolean;
  hint: unknown;
  sort?: Doc | undefined;
}

const update = (context: CommandContext): Doc => {
  const existing = context.server.catalog.find(context.db, context.collectionName);
  refuseView(existing);
  let [n, nModified] = [0, 0];
  const upserted: Doc[] = [];
  const errors = eachStatement(context, context.array("updates"), (given, index) => {
    if (!isDocument(given)) throw wrongFieldType("update.updates", typeName(given), "object");
    const statement = parseUpdate(context, given, existing);
    const result = applyStatement(context, existing, statement);
    context.server.counters.update!++;
    n += result.matched + (result.inserted ? 1 : 0);
    nModified += result.modified;
    if (result.inserted) upserted.push({ index, _id: result.inserted._id });
  });
  return { n, ...(upserted.length > 0 ? { upserted } : {}), nModified, ...errors };
};

function parseUpdate(context: CommandContext, given: Doc, collection: Collection | null): Statement {
  const { q, u, multi, upsert, arrayFilters, hint, c, sort } = given;
  if (!isDocument(q)) throw new MongoError(40414, "BSON field 'update.updates.q' is missing but a required field");
  const collation = context.collationOf(given.collation, collection);
  const variables = { ...context.variables, ...(isDocument(c) ? c : {}) };
  const compiled = compileUpdate(u, {
    collation,
    variables,
    arrayFilters,
    runPipeline: (pipeline, document, own) =>
      runOnDocument(pipeline, document, { ...environmentOf(context, null, collation), variables: own }),
  });
  if (compiled.replaces && multi === true) {
    throw failedToParse("multi update is not supported for replacement-style update");
  }
  if (compiled.replaces && arrayFilters !== undefined && (arrayFilters as unknown[]).length > 0) {
    throw failedToParse("arrayFilters may not be specified for replacement-style updates");
  }
  return {
    filter: q,
    update: compiled,
    collation,
    multi: multi === true,
    upsert: upsert === true,
    hint,
    sort: isDocument(sort) ? sort : undefined,
  };
}

interface Applied {
  matched: number;
  modified: number;
  inserted: Doc | null;
  /** The single document before and after. */
  before: StoredDocument | null;
  after: StoredDocument | null;
}

function applyStatement(context: CommandContext, existing: Collection | null, statement: Statement): Applied {
  const { filter, collation, multi, hint, sort } = statement;
  const collection = existing ?? context.server.catalog.find(context.db, context.collectionName);
  const found = collection
    ? [
        ...findDocuments(context.view, collection, {
          filter,
          collation,
          hint,
          sort,
          limit: multi ? 0 : 1,
          variables: context.variables,
        }),
      ]
    : [];
  if (found.length === 0) {
    const none = { matched: 0, modified: 0, inserted: null, before: null, after: null };
    return statement.upsert ? { ...none, ...upsertOne(context, statement) } : none;
  }
  let modified = 0;
  let after: StoredDocument | null = null;
  for (const stored of found) {
    const changed = updateOne(context, collection!, stored, statement);
    if (changed) modified++;
    after = changed ?? stored;
  }
  return { matched: found.length, modified, inserted: null, before: found[0]!, after };
}

/** The new version of a document; null when the update changes nothing. */
function updateOne(
  context: CommandContext,
  collection: Collection,
  stored: StoredDocument,
  { filter, update: change, collation }: Statement,
): StoredDocument | null {
  const positionOf = (path: string): number | null =>
    matchedPosition(filter, stored.document, path, { collation, variables: context.variables });
  const document = change.apply(stored.decode(), positionOf, false);
  const bytes = encodeDocument(document);
  if (Buffer.compare(bytes, stored.bytes) === 0) return null;
  requireStorable(document, bytes);
  const level = collection.options.validationLevel;
  const wasInvalid = level === "moderate" && collection.validator?.(stored.document) === false;
  if (context.body.bypassDocumentValidation !== true && !wasInvalid) validate(collection, document);
  return context.view.replace(collection, stored, bytes, document, change.replaces);
}

function upsertOne(
  context: CommandContext,
  { filter, update: change }: Statement,
): { inserted: Doc; after: StoredDocument } {
  const collection = writable(context);
  const start = documentOfQuery(filter);
  const document = withId(change.apply(start, () => null, true));
  const bytes = encodeDocument(document);
  requireStorable(document, bytes);
  if (context.body.bypassDocumentValidation !== true) validate(collection, document);
  const after = context.view.insert(collection, bytes, document);
  return { inserted: document, after };
}

const remove = (context: CommandContext): Doc => {
  const collection = context.server.catalog.find(context.db, context.collectionName);
  refuseView(collection);
  let n = 0;
  const errors = eachStatement(context, context.array("deletes"), (given) => {
    if (!isDocument(given) || !isDocument(given.q))
      throw new MongoError(40414, "BSON field 'delete.deletes.q' is missing but a required field");
    const limit = toInteger(given.limit) ?? 0;
    if (limit !== 0 && limit !== 1)
      throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${limit}`);
    if (!collection) return;
    const collation = context.collationOf(given.collation, collection);
    const found = findDocuments(context.view, collection, {
      filter: given.q,
      limit,
      hint: given.hint,
      collation,
      variables: context.variables,
    });
    for (const stored of [...found]) {
      context.view.delete(collection, stored);
      n++;
    }
    context.server.counters.delete!++;
  });
  return { n, ...errors };
};

const findAndModify = (context: CommandContext): Doc => {
  const { body } = context;
  const collection = context.server.catalog.find(context.db, context.collectionName);
  refuseView(collection);
  const { remove: removes, update: change } = body;
  if (removes === true && change !== undefined) throw failedToParse("Cannot specify both an update and remove=true");
  if (removes !== true && change === undefined)
    throw failedToParse("Either an update or remove=true must be specified");
  if (removes === true && body.new === true) {
    throw failedToParse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  }
  if (removes === true && body.upsert === true) throw failedToParse("Cannot specify both upsert=true and remove=true");
  const query = context.document("query");
  if (removes === true) return findAndRemove(context, collection, query);
  const statement = parseUpdate(
    context,
    {
      q: query,
      u: change,
      upsert: body.upsert,
      arrayFilters: body.arrayFilters,
      hint: body.hint,
      collation: body.collation,
      sort: body.sort,
    },
    collection,
  );
  const { before, after, inserted, matched } = applyStatement(context, collection, statement);
  const chosen = body.new === true ? after : before;
  return {
    lastErrorObject: {
      n: matched + (inserted ? 1 : 0),
      updatedExisting: matched > 0,
      ...(inserted ? { upserted: inserted._id } : {}),
    },
    value: fieldsOf(context, chosen, query),
  };
};

function findAndRemove(context: CommandContext, collection: Collection | null, query: Doc): Doc {
  const { body } = context;
  if (!collection) return { lastErrorObject: { n: 0 }, value: null };
  const sort = isDocument(body.sort) ? body.sort : undefined;
  const collation = context.collationOf(body.collation, collection);
  const [found] = findDocuments(context.view, collection, {
    filter: query,
    sort,
    hint: body.hint,
    limit: 1,
    collation,
    variables: context.variables,
  });
  if (!found) return { lastErrorObject: { n: 0 }, value: null };
  const value = fieldsOf(context, found, query);
  context.view.delete(collection, found);
  return { lastErrorObject: { n: 1 }, value };
}

/** The fields that `findAndModify` returns of a document. */
function fieldsOf(context: CommandContext, stored: StoredDocument | null, query: Doc): Doc | RawDocument | null {
  if (!stored) return null;
  const projection = projectionDocument(context.body.fields ?? context.body.projection);
  if (Object.keys(projection).length === 0) return new RawDocument(stored.bytes);
  const change = compileProjection(projection, {
    find: true,
    positionOf: (document, path) => matchedPosition(query, document, path, {}),
  });
  return change(stored.document, context.variables);
}

export const WRITES: CommandTable = {
  insert,
  update,
  delete: remove,
  findAndModify,
  findandmodify: findAndModify,
};
