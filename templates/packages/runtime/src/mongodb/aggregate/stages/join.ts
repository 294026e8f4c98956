/** Stages that bring in other collections, or several pipelines over the same documents. */
import { type Doc, isDocument, typeName } from "../../bson/values";
import { failedToParse, MongoError } from "../../errors";
import { compileQuery } from "../../query/matcher";
import { identity } from "../../values/compare";
import { toInteger } from "../../values/numbers";
import { keysAt, splitPath, valuesAt } from "../../values/paths";
import type { Environment } from "../environment";
import { compileExpression, evaluate } from "../expressions";
import { checkPipeline, compilePipeline, type StageCompiler, type StageTable } from "../pipeline";
import { withField } from "./basic";

interface Source {
  db: string;
  collection: string | null;
}

function sourceOf(from: unknown, environment: Environment): Source {
  if (typeof from === "string") return { db: environment.db, collection: from };
  if (isDocument(from) && typeof from.coll === "string")
    return { db: String(from.db ?? environment.db), collection: from.coll };
  if (from === undefined) return { db: environment.db, collection: null };
  throw failedToParse(`$lookup argument 'from' must be a string, is type ${typeName(from)}`);
}

const read = (source: Source, environment: Environment, filter?: Doc): Iterable<Doc> =>
  source.collection === null ? [] : environment.read(source.db, source.collection, filter);

const lookup: StageCompiler = (operand, environment) => {
  if (!isDocument(operand)) throw failedToParse("the $lookup stage specification must be an object");
  const { from, as, localField, foreignField, pipeline } = operand;
  if (typeof as !== "string") throw failedToParse("must specify 'as' field for a $lookup");
  if (
    (localField === undefined) !== (foreignField === undefined) ||
    (localField === undefined && pipeline === undefined)
  ) {
    throw failedToParse("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
  }
  const source = sourceOf(from, environment);
  const candidates =
    localField === undefined
      ? () => read(source, environment)
      : joinByField(source, String(localField), String(foreignField), environment);
  const refine = pipeline === undefined ? null : subPipeline(pipeline, operand.let, environment);
  const target = as.split(".");
  return function* (documents) {
    for (const document of documents) {
      const joined = candidates(document);
      yield withField(document, target, 0, [...(refine ? refine(document, joined) : joined)]) as Doc;
    }
  };
};

/** A pipeline that sees variables computed from the outer document. */
function subPipeline(
  pipeline: unknown,
  variables: unknown,
  environment: Environment,
): (document: Doc, input: Iterable<Doc>) => Iterable<Doc> {
  const stages = checkPipeline(pipeline);
  const bindings = Object.entries(isDocument(variables) ? variables : {}).map(
    ([name, value]) => [name, compileExpression(value, environment)] as const,
  );
  if (bindings.length === 0) {
    const run = compilePipeline(stages, environment);
    return (_document, input) => run(input);
  }
  return (document, input) => {
    const own = { ...environment.variables };
    for (const [name, value] of bindings) own[name] = evaluate(value, document, environment.variables) ?? null;
    return compilePipeline(stages, { ...environment, variables: own })(input);
  };
}

/** The documents whose foreign field equals the local one: by an index, or by a table made at the first document. */
function joinByField(
  source: Source,
  localField: string,
  foreignField: string,
  environment: Environment,
): (document: Doc) => Iterable<Doc> {
  const parts = splitPath(localField);
  const wanted = (document: Doc): unknown[] => {
    const values = valuesAt(document, parts).flatMap((value) =>
      Array.isArray(value) ? (value as unknown[]) : [value],
    );
    return values.map((value) => value ?? null);
  };
  if (source.collection !== null && environment.isIndexed(source.db, source.collection, foreignField)) {
    return (document) => {
      const values = wanted(document);
      return values.length === 0 ? [] : read(source, environment, { [foreignField]: { $in: values } });
    };
  }
  let table: Map<string, { position: number; document: Doc }[]> | null = null;
  return (document) => {
    table ??= tableOf(read(source, environment), foreignField);
    const hits = new Map<number, Doc>();
    for (const value of wanted(document)) {
      for (const hit of table.get(identity(value)) ?? []) hits.set(hit.position, hit.document);
    }
    return [...hits].sort(([a], [b]) => a - b).map(([, hit]) => hit);
  };
}

function tableOf(documents: Iterable<Doc>, path: string): Map<string, { position: number; document: Doc }[]> {
  const table = new Map<string, { position: number; document: Doc }[]>();
  let position = 0;
  for (const document of documents) {
    for (const key of new Set(keysAt(document, path).map((value) => identity(value ?? null)))) {
      const list = table.get(key);
      if (list) list.push({ position, document });
      else table.set(key, [{ position, document }]);
    }
    position++;
  }
  return table;
}

const graphLookup: StageCompiler = (operand, environment, name) => {
  if (!isDocument(operand)) throw failedToParse(`the ${name} stage specification must be an object`);
  const { from, startWith, connectFromField, connectToField, as, maxDepth, depthField, restrictSearchWithMatch } =
    operand;
  for (const [key, value] of Object.entries({ connectFromField, connectToField, as })) {
    if (typeof value !== "string") throw failedToParse(`${name} argument '${key}' must be a string`);
  }
  const start = compileExpression(startWith, environment);
  const deepest = maxDepth === undefined ? Infinity : (toInteger(maxDepth) ?? Infinity);
  const allowed = isDocument(restrictSearchWithMatch) ? compileQuery(restrictSearchWithMatch, environment) : () => true;
  const reach = joinByField(sourceOf(from, environment), "value", String(connectToField), environment);
  const next = splitPath(String(connectFromField));
  return function* (documents) {
    for (const document of documents) {
      const found = new Map<string, Doc>();
      let frontier: unknown[] = [evaluate(start, document, environment.variables)].flat();
      for (let depth = 0; depth <= deepest && frontier.length > 0; depth++) {
        const hits = [...reach({ value: frontier })].filter((hit) => allowed(hit) && !found.has(identity(hit._id)));
        for (const hit of hits) {
          const own = typeof depthField === "string" ? { ...hit, [depthField]: depth } : hit;
          found.set(identity(hit._id), own);
        }
        frontier = hits.flatMap((hit) => valuesAt(hit, next).flat()).filter((value) => value !== undefined);
      }
      yield withField(document, String(as).split("."), 0, [...found.values()]) as Doc;
    }
  };
};

const facet: StageCompiler = (operand, environment) => {
  if (!isDocument(operand) || Object.keys(operand).length === 0) {
    throw new MongoError(40169, "the $facet specification must be a non-empty object");
  }
  const pipelines = Object.entries(operand).map(([name, stages]) => {
    const checked = checkPipeline(stages);
    const forbidden = checked
      .flatMap(Object.keys)
      .find((stage) => ["$facet", "$out", "$merge", "$geoNear", "$changeStream"].includes(stage));
    if (forbidden) throw new MongoError(40600, `${forbidden} is not allowed to be used within a $facet stage`);
    return [name, compilePipeline(checked, environment)] as const;
  });
  return function* (documents) {
    const all = [...documents];
    yield Object.fromEntries(pipelines.map(([name, run]) => [name, [...run(all)]]));
  };
};

const unionWith: StageCompiler = (operand, environment) => {
  const { coll, pipeline = [] } = isDocument(operand) ? operand : { coll: operand };
  const source = sourceOf(coll, environment);
  const run = compilePipeline(checkPipeline(pipeline), environment);
  return function* (documents) {
    yield* documents;
    yield* run(read(source, environment));
  };
};

export const JOIN_STAGES: StageTable = {
  $lookup: lookup,
  $graphLookup: graphLookup,
  $facet: facet,
  $unionWith: unionWith,
};
