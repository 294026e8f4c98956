/** Stages that look at one document at a time, and those that order, cut and count. */
import { cloneValue, type Doc, isDocument, setField, typeName } from "../../bson/values";
import { badValue, MongoError, typeMismatch } from "../../errors";
import { distance, type NearQuery, parsePoint } from "../../query/geo";
import { compileQuery } from "../../query/matcher";
import { compileProjection } from "../../query/projection";
import { sortDocuments, sortFields } from "../../query/sort";
import { toInteger } from "../../values/numbers";
import { splitPath, valuesAt } from "../../values/paths";
import type { Environment } from "../environment";
import { compileExpression, evaluate, type Expression } from "../expressions";
import type { StageCompiler, StageTable, Transform } from "../pipeline";

function map(change: (document: Doc) => Doc): Transform {
  return function* (documents) {
    for (const document of documents) yield change(document);
  };
}

const match: StageCompiler = (operand, { collation, variables, text }) => {
  if (!isDocument(operand)) throw new MongoError(15959, "the match filter must be an expression in an object");
  const test = compileQuery(operand, { collation, variables, text });
  return function* (documents) {
    for (const document of documents) if (test(document)) yield document;
  };
};

const project: StageCompiler = (operand, { collation, variables }, name) => {
  if (!isDocument(operand)) throw new MongoError(15969, `${name} specification must be an object`);
  if (Object.keys(operand).length === 0) {
    throw new MongoError(
      51272,
      "Invalid $project :: caused by :: projection specification must have at least one field",
    );
  }
  const change = compileProjection(operand, { collation, variables });
  return map((document) => change(document, variables));
};

const unset: StageCompiler = (operand) => {
  const paths = Array.isArray(operand) ? operand : [operand];
  if (paths.length === 0 || paths.some((path) => typeof path !== "string")) {
    throw new MongoError(31002, "$unset specification must be a string or an array with at least one string field");
  }
  const change = compileProjection(Object.fromEntries(paths.map((path) => [String(path), 0])));
  return map((document) => change(document));
};

/** A path to set and what computes it; documents in the specification are paths, too. */
function assignments(specification: Doc, prefix: string, environment: Environment): [string[], Expression][] {
  return Object.entries(specification).flatMap(([name, value]): [string[], Expression][] => {
    const path = prefix + name;
    const inner =
      isDocument(value) && Object.keys(value).length > 0 && !Object.keys(value).some((key) => key.startsWith("$"));
    if (inner) return assignments(value, `${path}.`, environment);
    if (path.startsWith("$"))
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    return [[path.split("."), compileExpression(value, environment)]];
  });
}

const addFields: StageCompiler = (operand, environment, name) => {
  if (!isDocument(operand))
    throw new MongoError(40272, `${name} specification stage must be an object, got ${typeName(operand)}`);
  const fields = assignments(operand, "", environment);
  return map((document) => {
    let result = document;
    for (const [parts, expression] of fields) {
      result = withField(result, parts, 0, evaluate(expression, document, environment.variables)) as Doc;
    }
    return result;
  });
};

/** A copy with a field set; every document of an array on the way gets it. `undefined` takes the field away. */
export function withField(holder: unknown, parts: readonly string[], from: number, value: unknown): unknown {
  if (Array.isArray(holder)) return holder.map((item) => withField(item, parts, from, value));
  const result: Doc = isDocument(holder) ? { ...holder } : {};
  const name = parts[from]!;
  if (from < parts.length - 1) setField(result, name, withField(result[name], parts, from + 1, value));
  else if (value === undefined) delete result[name];
  else setField(result, name, value);
  return result;
}

const replaceRoot: StageCompiler = (operand, environment, name) => {
  const source = name === "$replaceRoot" && isDocument(operand) ? operand.newRoot : operand;
  if (source === undefined) throw new MongoError(40231, "no newRoot specified for the $replaceRoot stage");
  const expression = compileExpression(source, environment);
  return map((document) => {
    const result = evaluate(expression, document, environment.variables);
    if (isDocument(result)) return result;
    throw new MongoError(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was: ${JSON.stringify(result) ?? "MISSING"}. Type of resulting value: '${typeName(result)}'.`,
    );
  });
};

const unwind: StageCompiler = (operand) => {
  const { path, includeArrayIndex, preserveNullAndEmptyArrays } = isDocument(operand) ? operand : { path: operand };
  if (typeof path !== "string")
    throw new MongoError(
      28808,
      "expected either a string or an object as specification for $unwind stage, got " + typeName(path),
    );
  if (!path.startsWith("$"))
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  const parts = path.slice(1).split(".");
  const index = typeof includeArrayIndex === "string" ? includeArrayIndex.split(".") : null;
  const withIndex = (document: Doc, i: number | null): Doc =>
    index ? (withField(document, index, 0, i) as Doc) : document;
  return function* (documents) {
    for (const document of documents) {
      const value = valueOf(document, parts);
      if (Array.isArray(value) && value.length > 0) {
        for (const [i, item] of value.entries()) {
          yield withIndex(withField(document, parts, 0, cloneValue(item)) as Doc, i);
        }
      } else if (value !== undefined && value !== null && !Array.isArray(value)) {
        yield withIndex(document, null);
      } else if (preserveNullAndEmptyArrays === true) {
        yield withIndex(Array.isArray(value) ? (withField(document, parts, 0, undefined) as Doc) : document, null);
      }
    }
  };
};

function valueOf(document: Doc, parts: readonly string[]): unknown {
  let value: unknown = document;
  for (const part of parts) value = isDocument(value) ? value[part] : undefined;
  return value;
}

const sort: StageCompiler = (operand, { collation }) => {
  if (!isDocument(operand)) throw new MongoError(15973, "the $sort key specification must be an object");
  if (Object.keys(operand).length === 0) throw new MongoError(15976, "$sort stage must have at least one sort key");
  sortFields(operand);
  return function* (documents) {
    yield* sortDocuments([...documents], (document) => document, operand, collation);
  };
};

function wholeNumber(value: unknown, name: string, least: number): number {
  const number = toInteger(value);
  if (number === null || number < least) {
    const wanted = least === 0 ? "a non-negative" : "a positive";
    throw new MongoError(
      name === "$limit" ? 15958 : 5107200,
      `invalid argument to ${name} stage: Expected ${wanted} number in: ${name}: ${JSON.stringify(value)}`,
    );
  }
  return number;
}

const limit: StageCompiler = (operand, _environment, name) => {
  const most = wholeNumber(operand, name, 1);
  return function* (documents) {
    let count = 0;
    for (const document of documents) {
      yield document;
      if (++count >= most) return;
    }
  };
};

const skip: StageCompiler = (operand, _environment, name) => {
  const passed = wholeNumber(operand, name, 0);
  return function* (documents) {
    let count = 0;
    for (const document of documents) if (++count > passed) yield document;
  };
};

const count: StageCompiler = (operand) => {
  if (typeof operand !== "string" || operand === "")
    throw new MongoError(40156, "the count field must be a non-empty string");
  if (operand.startsWith("$")) throw new MongoError(40158, "the count field cannot be a $-prefixed path");
  if (operand.includes(".")) throw new MongoError(40160, "the count field cannot contain '.'");
  return function* (documents) {
    let total = 0;
    for (const _document of documents) total++;
    if (total > 0) yield { [operand]: total };
  };
};

const sample: StageCompiler = (operand) => {
  const size = isDocument(operand) ? toInteger(operand.size) : null;
  if (size === null || size < 0)
    throw new MongoError(28745, "the $sample stage specification must be an object with a positive size");
  return function* (documents) {
    const pool = [...documents];
    for (let i = 0; i < Math.min(size, pool.length); i++) {
      const j = i + Math.floor(Math.random() * (pool.length - i));
      [pool[i], pool[j]] = [pool[j]!, pool[i]!];
      yield pool[i]!;
    }
  };
};

const redact: StageCompiler = (operand, environment) => {
  const expression = compileExpression(operand, environment);
  const prune = (document: Doc, root: Doc): Doc | null => {
    const verdict = expression({ root, variables: { ...environment.variables, CURRENT: document } });
    if (verdict === "$$PRUNE") return null;
    if (verdict === "$$KEEP") return document;
    if (verdict !== "$$DESCEND")
      throw new MongoError(
        17053,
        "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE",
      );
    const result: Doc = {};
    for (const [name, value] of Object.entries(document)) {
      const kept = descend(value, root);
      if (kept !== undefined) setField(result, name, kept);
    }
    return result;
  };
  const descend = (value: unknown, root: Doc): unknown => {
    if (isDocument(value)) return prune(value, root) ?? undefined;
    if (!Array.isArray(value)) return value;
    return value.map((item) => descend(item, root)).filter((item) => item !== undefined);
  };
  return function* (documents) {
    for (const document of documents) {
      const kept = prune(document, document);
      if (kept) yield kept;
    }
  };
};

const documents: StageCompiler = (operand, environment) => {
  const expression = compileExpression(operand, environment);
  return function* () {
    const list = evaluate(expression, {}, environment.variables);
    if (!Array.isArray(list) || !list.every(isDocument))
      throw new MongoError(5858203, "an array is expected; each element must be an object");
    yield* list;
  };
};

const geoNear: StageCompiler = (operand, environment) => {
  if (!isDocument(operand)) throw new MongoError(10065, "invalid parameter: expected an object ($geoNear)");
  const point = parsePoint(operand.near);
  if (!point) throw badValue("$geoNear requires a 'near' option as a point");
  if (typeof operand.distanceField !== "string")
    throw typeMismatch("$geoNear requires a 'distanceField' option as a String");
  const distanceField = operand.distanceField.split(".");
  const near: NearQuery = {
    path: typeof operand.key === "string" ? operand.key : "",
    point,
    spherical: operand.spherical === true || point.geoJson,
    min: Number(operand.minDistance ?? 0),
    max: Number(operand.maxDistance ?? Infinity),
  };
  const test = compileQuery(operand.query ?? {}, environment);
  return function* (all) {
    const found: { document: Doc; far: number }[] = [];
    for (const document of all) {
      const far = distanceOf(document, near);
      if (far !== null && far >= near.min && far <= near.max && test(document)) found.push({ document, far });
    }
    found.sort((a, b) => a.far - b.far);
    const factor = Number(operand.distanceMultiplier ?? 1);
    for (const { document, far } of found) yield withField(document, distanceField, 0, far * factor) as Doc;
  };
};

/** How far a document's point is; without a path, that of its first field that is a point. */
export function distanceOf(document: Doc, near: NearQuery): number | null {
  const values = near.path === "" ? Object.values(document) : valuesAt(document, splitPath(near.path));
  for (const value of values) {
    const point = isDocument(value) || Array.isArray(value) ? parsePoint(value) : null;
    if (point) return distance(near.point, point, near.spherical);
  }
  return null;
}

/** Stages that tell about the collection. */
const facts: StageCompiler = (operand, environment, name) => () => {
  if (!environment.facts) throw new MongoError("InvalidNamespace", `${name} is not allowed here`);
  return environment.facts(name, isDocument(operand) ? operand : {});
};

export const BASIC_STAGES: StageTable = {
  $match: match,
  $project: project,
  $addFields: addFields,
  $set: addFields,
  $unset: unset,
  $replaceRoot: replaceRoot,
  $replaceWith: replaceRoot,
  $unwind: unwind,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $count: count,
  $sample: sample,
  $redact: redact,
  $documents: documents,
  $geoNear: geoNear,
  $collStats: facts,
  $indexStats: facts,
  $currentOp: facts,
  $listLocalSessions: facts,
};
