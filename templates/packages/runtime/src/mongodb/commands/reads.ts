/** Commands that read documents. */
import { checkPipeline, compilePipeline } from "../aggregate/pipeline";
import { type Doc, isDocument, RawDocument, typeName } from "../bson/values";
import { badValue, MongoError, wrongFieldType } from "../errors";
import { sourceOf } from "../cursors";
import { findDocuments, type FindRequest } from "../query/find";
import { compileProjection, type Project, projectionDocument } from "../query/projection";
import type { CommandContext, CommandTable } from "../session";
import type { Collection } from "../storage/collection";
import { matchedPosition } from "../update/update";
import { compareValues, identity } from "../values/compare";
import { toInteger } from "../values/numbers";
import { splitPath, valuesAt } from "../values/paths";
import { openChangeStream } from "./change-stream";
import { environmentOf, readCollection, viewPipeline } from "./environment";
import { explain, explained } from "./explain";
import { tailing } from "./tailing";

function notNegative(context: CommandContext, field: string): number {
  const value = context.integer(field) ?? 0;
  if (value >= 0) return value;
  throw badValue(`BSON field '${field}' value must be >= 0, actual value '${value}'`);
}

/** What the fields of `find`, `count` and their relatives ask for. */
function findRequest(context: CommandContext, collection: Collection | null, filterField: string): FindRequest {
  const { body } = context;
  const limit = context.integer("limit") ?? 0;
  const sort = isDocument(body.sort) && Object.keys(body.sort).length > 0 ? body.sort : undefined;
  return {
    filter: context.document(filterField),
    sort,
    skip: notNegative(context, "skip"),
    limit: Math.abs(limit),
    hint: isDocument(body.hint) && Object.keys(body.hint).length === 0 ? undefined : body.hint,
    collation: context.collationOf(body.collation, collection),
    variables: context.variables,
  };
}

const find = (context: CommandContext): Doc => {
  const { server, body, namespace, session } = context;
  server.counters.query!++;
  const collection = server.catalog.find(context.db, context.collectionName);
  if (collection?.isView) return findInView(context, collection);
  const request = findRequest(context, collection, "filter");
  const change = projectionOf(context, request);
  const limit = context.integer("limit") ?? 0;
  const options = {
    batchSize: context.integer("batchSize"),
    singleBatch: body.singleBatch === true || limit < 0,
    session,
  };
  if (body.tailable === true) {
    if (collection?.options.capped !== true) {
      throw badValue(`error processing query: ns=${namespace} tailable cursor requested on non capped collection`);
    }
    return { cursor: server.cursors.first(namespace, tailing(context, collection, request, change), options) };
  }
  const found = collection ? findDocuments(context.view, collection, request) : [];
  return { cursor: server.cursors.first(namespace, sourceOf(projected(found, change, context)), options) };
};

type Found = Iterable<{ bytes: Uint8Array; document: Doc }>;

/** Without a projection the stored bytes are the answer. */
function* projected(found: Found, change: Project | null, context: CommandContext): Iterable<Doc | RawDocument> {
  const { variables } = context;
  for (const stored of found) yield change ? change(stored.document, variables) : new RawDocument(stored.bytes);
}

function projectionOf(context: CommandContext, request: FindRequest): Project | null {
  const projection = projectionDocument(context.body.projection);
  if (Object.keys(projection).length === 0) return null;
  return compileProjection(projection, {
    ...request,
    find: true,
    positionOf: (document, path) => matchedPosition(request.filter, document, path, request),
  });
}

/** A query on a view is a pipeline behind the view's own. */
function findInView(context: CommandContext, collection: Collection): Doc {
  const { filter, sort, skip, limit } = findRequest(context, collection, "filter");
  const projection = projectionDocument(context.body.projection);
  const stages: Doc[] = [
    { $match: filter },
    ...(sort ? [{ $sort: sort }] : []),
    ...(skip ? [{ $skip: skip }] : []),
    ...(limit ? [{ $limit: limit }] : []),
    ...(Object.keys(projection).length > 0 ? [{ $project: projection }] : []),
  ];
  const documents = runPipeline(context, collection, stages);
  const options = { batchSize: context.integer("batchSize"), session: context.session };
  return { cursor: context.server.cursors.first(collection.namespace, sourceOf(documents), options) };
}

const getMore = (context: CommandContext): Doc | Promise<Doc> => {
  const { server, body } = context;
  server.counters.getmore!++;
  const id = toInteger(body.getMore);
  if (id === null) throw wrongFieldType("getMore.getMore", typeName(body.getMore), "long");
  const size = context.integer("batchSize");
  const namespace = `${context.db}.${String(body.collection)}`;
  const wait = context.integer("maxTimeMS") ?? 1000;
  const cursor = server.cursors.more(id, namespace, size === 0 ? null : size, wait);
  return cursor instanceof Promise ? cursor.then((settled) => ({ cursor: settled })) : { cursor };
};

const killCursors = (context: CommandContext): Doc => {
  const ids = context.array("cursors").map((id) => toInteger(id) ?? 0);
  const { killed, notFound } = context.server.cursors.kill(ids);
  const asGiven = (wanted: number[]): unknown[] =>
    context.array("cursors").filter((id) => wanted.includes(toInteger(id) ?? 0));
  return { cursorsKilled: asGiven(killed), cursorsNotFound: asGiven(notFound), cursorsAlive: [], cursorsUnknown: [] };
};

const count = (context: CommandContext): Doc => {
  const collection = context.server.catalog.find(context.db, context.collectionName);
  if (!collection) return { n: 0 };
  const request = findRequest(context, collection, "query");
  const { filter, skip = 0, limit = 0 } = request;
  if (collection.isView)
    return {
      n: countOf(
        readCollection(context, context.db, collection.name, { filter, collation: request.collation }),
        skip,
        limit,
      ),
    };
  if (Object.keys(filter).length === 0) {
    const all = Math.max(0, context.view.count(collection) - skip);
    return { n: limit > 0 ? Math.min(limit, all) : all };
  }
  return { n: countOf(findDocuments(context.view, collection, { ...request, skip: 0, limit: 0 }), skip, limit) };
};

function countOf(found: Iterable<unknown>, skip: number, limit: number): number {
  let n = 0;
  for (const _stored of found) {
    n++;
    if (limit > 0 && n === skip + limit) break;
  }
  return Math.max(0, n - skip);
}

const distinct = (context: CommandContext): Doc => {
  const { key } = context.body;
  if (typeof key !== "string") throw wrongFieldType("distinct.key", typeName(key), "string");
  const collection = context.server.catalog.find(context.db, context.collectionName);
  const { filter, collation } = findRequest(context, collection, "query");
  const values = new Map<string, unknown>();
  for (const document of readCollection(context, context.db, context.collectionName, { filter, collation })) {
    for (const value of valuesAt(document, splitPath(key)).flatMap((one) =>
      Array.isArray(one) ? (one as unknown[]) : [one],
    )) {
      if (value !== undefined && !values.has(identity(value))) values.set(identity(value), value);
    }
  }
  return { values: [...values.values()].sort((a, b) => compareValues(a, b, collation)) };
};

const aggregate = (context: CommandContext): Doc => {
  const { body, server, db } = context;
  const stages = checkPipeline(body.pipeline);
  if (!isDocument(body.cursor) && body.explain !== true) {
    throw new MongoError(
      "FailedToParse",
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  const wholeDatabase = typeof body.aggregate !== "string";
  const name = wholeDatabase ? "$cmd.aggregate" : context.collectionName;
  const namespace = `${db}.${name}`;
  if (stages[0] && "$changeStream" in stages[0]) return openChangeStream(context, stages, wholeDatabase ? null : name);
  if (body.explain === true) return explained(context, stages);
  const collection = wholeDatabase ? null : server.catalog.find(db, name);
  const documents = runPipeline(context, collection, stages);
  const batchSize = isDocument(body.cursor) ? toInteger(body.cursor.batchSize) : null;
  const writes = stages.some((stage) => "$out" in stage || "$merge" in stage);
  // A pipeline that writes does so before it is answered, whatever the batch size.
  const source = sourceOf(writes ? [...documents] : documents);
  return { cursor: server.cursors.first(namespace, source, { batchSize, session: context.session }) };
};

/** Runs a pipeline on a collection; conditions and order at its beginning may use an index. */
function runPipeline(context: CommandContext, collection: Collection | null, stages: readonly Doc[]): Iterable<Doc> {
  const collation = context.collationOf(context.body.collation, collection);
  const whole = collection?.isView ? [...viewPipeline(collection), ...stages] : [...stages];
  const environment = environmentOf(context, collection, collation);
  const name = collection?.isView ? String(collection.options.viewOn) : collection?.name;
  checkPipeline(whole);
  const filter = leadingFilter(whole);
  const sort = filter ? whole[1]?.$sort : whole[0]?.$sort;
  const compiled = compilePipeline(filter ? whole.slice(1) : whole, environment);
  if (name === undefined || startsItself(whole)) return compiled([]);
  const request = {
    filter: filter ?? {},
    sort: isDocument(sort) ? sort : undefined,
    hint: context.body.hint,
    collation,
  };
  return compiled(readCollection(context, context.db, name, request));
}

/** A `$match` at the beginning, to be answered by an index. */
function leadingFilter(stages: readonly Doc[]): Doc | null {
  const first = stages[0]?.$match;
  return isDocument(first) ? first : null;
}

const startsItself = (stages: readonly Doc[]): boolean =>
  stages[0] !== undefined &&
  ["$documents", "$collStats", "$indexStats", "$currentOp", "$listLocalSessions"].some((name) => name in stages[0]!);

export const READS: CommandTable = {
  find,
  getMore,
  killCursors,
  count,
  distinct,
  aggregate,
  explain,
};
