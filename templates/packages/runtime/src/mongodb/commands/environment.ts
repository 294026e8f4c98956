/** What a pipeline reaches: the server's other collections, and where its result may go. */
import type { Environment, MergeSpecification, OutputTarget } from "../aggregate/environment";
import { checkPipeline, compilePipeline, runOnDocument } from "../aggregate/pipeline";
import { encodeDocument } from "../bson/encode";
import { type Doc } from "../bson/values";
import { MongoError } from "../errors";
import { findDocuments } from "../query/find";
import { textSearch } from "../query/text";
import type { CommandContext } from "../session";
import type { Collection } from "../storage/collection";
import { shellText } from "../storage/collection";
import type { StoredDocument } from "../storage/records";
import type { Collation } from "../values/collation";
import { splitPath, valuesAt } from "../values/paths";
import { withId } from "../update/update";
import { collectionFacts } from "./facts";

/** A view may stand on a view, but not in a circle. */
const MAX_VIEW_DEPTH = 20;

export function environmentOf(
  context: CommandContext,
  collection: Collection | null,
  collation: Collation | undefined,
  depth = 0,
): Environment {
  const { server, variables } = context;
  return {
    db: context.db,
    collation,
    variables,
    read: (db, name, filter) => readCollection(context, db, name, { filter: filter ?? {}, collation }, depth),
    isIndexed: (db, name, path) =>
      server.catalog
        .find(db, name)
        ?.indexes.some(
          ({ fields, special, partial, sparse }) => fields[0]?.path === path && !special && !partial && !sparse,
        ) ?? false,
    text: (specification) => {
      if (!collection) throw new MongoError("IndexNotFound", "text index required for $text query");
      return textSearch(collection, specification).matches;
    },
    facts: (stage, specification) => collectionFacts(context, collection, stage, specification),
    ...(context.inTransaction
      ? {}
      : {
          out: (target: OutputTarget, documents: Iterable<Doc>) => replaceCollection(context, target, documents),
          merge: (specification: MergeSpecification, documents: Iterable<Doc>) =>
            mergeInto(context, specification, documents, collation),
        }),
  };
}

interface ReadRequest {
  filter: Doc;
  sort?: Doc | undefined;
  hint?: unknown;
  collation: Collation | undefined;
}

/** The documents of a collection or of a view; none when there is no such thing. */
export function* readCollection(
  context: CommandContext,
  db: string,
  name: string,
  request: ReadRequest,
  depth = 0,
): Iterable<Doc> {
  const collection = context.server.catalog.find(db, name);
  if (!collection) return;
  if (!collection.isView) {
    const found = findDocuments(context.view, collection, { ...request, variables: context.variables });
    for (const stored of found) yield stored.document;
    return;
  }
  if (depth >= MAX_VIEW_DEPTH)
    throw new MongoError(165, `View depth too deep or view cycle detected: ${collection.namespace}`);
  const stages = [
    ...viewPipeline(collection),
    { $match: request.filter },
    ...(request.sort ? [{ $sort: request.sort }] : []),
  ];
  const environment = environmentOf(context, null, request.collation ?? collection.collation, depth + 1);
  const inner = readCollection(
    context,
    db,
    String(collection.options.viewOn),
    { filter: {}, collation: request.collation },
    depth + 1,
  );
  yield* compilePipeline(checkPipeline(stages), { ...environment, db })(inner);
}

export function viewPipeline(collection: Collection): Doc[] {
  return (collection.options.pipeline as Doc[] | undefined) ?? [];
}

/** `$out`: the result takes the place of what was there; indexes stay. */
function replaceCollection(
  context: CommandContext,
  { db, collection: name }: OutputTarget,
  documents: Iterable<Doc>,
): void {
  const collection = context.server.catalog.findOrCreate(db, name);
  const result = [...documents];
  for (const stored of [...context.view.scan(collection)]) context.view.delete(collection, stored);
  for (const document of result) insertOne(context, collection, document);
}

function insertOne(context: CommandContext, collection: Collection, document: Doc): void {
  const complete = withId(document);
  context.view.insert(collection, encodeDocument(complete), complete);
}

function mergeInto(
  context: CommandContext,
  specification: MergeSpecification,
  documents: Iterable<Doc>,
  collation: Collation | undefined,
): void {
  const { into, on, whenNotMatched } = specification;
  const target = context.server.catalog.findOrCreate(into.db, into.collection);
  requireUniqueIndex(target, on);
  for (const document of [...documents]) {
    const complete = on.includes("_id") ? withId(document) : document;
    const filter = Object.fromEntries(
      on.map((path) => [path, { $eq: valuesAt(complete, splitPath(path))[0] ?? null }]),
    );
    const [existing] = findDocuments(context.view, target, { filter, limit: 1, collation });
    if (existing) mergeOne(context, target, existing, complete, specification, collation);
    else if (whenNotMatched === "insert") insertOne(context, target, complete);
    else if (whenNotMatched === "fail") {
      throw new MongoError(
        13113,
        "$merge could not find a matching document in the target collection for at least one document in the source collection",
      );
    }
  }
}

function requireUniqueIndex(target: Collection, on: readonly string[]): void {
  const unique = target.indexes.some(
    (index) =>
      index.unique &&
      !index.partial &&
      index.fields.length === on.length &&
      index.fields.every(({ path }) => on.includes(path)),
  );
  if (!unique) {
    throw new MongoError(51183, `Cannot find index to verify that join fields will be unique`);
  }
}

function mergeOne(
  context: CommandContext,
  target: Collection,
  existing: StoredDocument,
  document: Doc,
  { whenMatched, variables }: MergeSpecification,
  collation: Collation | undefined,
): void {
  if (whenMatched === "keepExisting") return;
  if (whenMatched === "fail") {
    throw new MongoError(
      "DuplicateKey",
      `E11000 duplicate key error collection: ${target.namespace} index: _id_ dup key: ${shellText({ _id: document._id })}`,
    );
  }
  let merged: Doc;
  if (Array.isArray(whenMatched)) {
    const environment = environmentOf(context, target, collation);
    const [computed] = compilePipeline([{ $project: { _id: 0, value: variables } }], environment)([document]);
    const own = { ...environment.variables, ...((computed?.value as Doc | undefined) ?? {}), new: document };
    merged = runOnDocument(whenMatched, existing.decode(), { ...environment, variables: own });
  } else {
    merged = whenMatched === "replace" ? document : { ...existing.decode(), ...document };
  }
  const complete = withId({ ...merged, _id: existing.document._id });
  context.view.replace(target, existing, encodeDocument(complete), complete, whenMatched === "replace");
}
