/** Stages that put documents together. */
import { type Doc, isDocument, typeName } from "../../bson/values";
import { MongoError } from "../../errors";
import { sortComparator } from "../../query/sort";
import { compareValues, identity } from "../../values/compare";
import { toInteger } from "../../values/numbers";
import { ACCUMULATORS, type Accumulator } from "../accumulators";
import type { Environment } from "../environment";
import { compileExpression, evaluate } from "../expressions";
import type { StageCompiler, StageTable } from "../pipeline";
import { byLibrary } from "./window";

/** One computed field of a group. */
interface GroupField {
  name: string;
  start(id: unknown): Accumulator;
  value(document: Doc): unknown;
}

function groupField(name: string, specification: unknown, environment: Environment): GroupField {
  if (name.includes(".")) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  const entries = isDocument(specification) ? Object.entries(specification) : [];
  if (entries.length !== 1) {
    throw new MongoError(
      entries.length === 0 ? 40234 : 40238,
      entries.length === 0
        ? `The field '${name}' must be an accumulator object`
        : `The field '${name}' must specify one accumulator`,
    );
  }
  const [operator, operand] = entries[0]!;
  if (operator === "$count") return countField(name);
  if (operator === "$median" || operator === "$percentile") return libraryField(name, operator, operand, environment);
  const make = ACCUMULATORS[operator];
  if (!make) throw new MongoError(15952, `unknown group operator '${operator}'`);
  return { name, ...accumulatorField(operator, operand, environment) };
}

const compileFor = (expression: unknown, environment: Environment): ((document: Doc) => unknown) => {
  const compiled = compileExpression(expression, environment);
  return (document) => evaluate(compiled, document, environment.variables);
};

function accumulatorField(
  operator: string,
  operand: unknown,
  environment: Environment,
): Pick<GroupField, "start" | "value"> {
  const make = ACCUMULATORS[operator]!;
  const { collation } = environment;
  const named = isDocument(operand) ? operand : {};
  // `n` may be computed from the group's _id.
  const limit = named.n === undefined ? null : compileExpression(named.n, environment);
  const limitOf = (id: unknown): number => {
    const n = limit ? toInteger(evaluate(limit, { _id: id }, environment.variables)) : Infinity;
    if (n === null || n <= 0) throw new MongoError(5787908, `'n' must be greater than 0 (${operator})`);
    return n;
  };
  if (/^\$(?:top|bottom)N?$/.test(operator)) {
    const output = compileFor(named.output, environment);
    const compare = sortComparator(named.sortBy as Doc, collation) as (a: unknown, b: unknown) => number;
    return {
      start: (id) => make({ collation, limit: limitOf(id), compare }),
      value: (document) => ({ key: document, output: output(document) }),
    };
  }
  const input = /^\$(?:first|last|min|max)N$/.test(operator) ? named.input : operand;
  return {
    start: (id) => make({ collation, limit: limitOf(limit ? id : null) }),
    value: compileFor(input, environment),
  };
}

function countField(name: string): GroupField {
  return { name, start: () => ACCUMULATORS.$sum!({ limit: Infinity }), value: () => 1 };
}

/** Accumulators of the query library: the values are gathered and handed over. */
function libraryField(name: string, operator: string, operand: unknown, environment: Environment): GroupField {
  if (!isDocument(operand)) throw new MongoError(7436100, `specification must be an object (${operator})`);
  const gathered = compileExpression({ [operator]: { ...operand, input: "$values" } }, environment);
  return {
    name,
    start: () => {
      const values: unknown[] = [];
      return {
        add: (value) => void values.push(value),
        result: () => evaluate(gathered, { values }, environment.variables),
      };
    },
    value: compileFor(operand.input, environment),
  };
}

const group: StageCompiler = (operand, environment) => {
  if (!isDocument(operand)) throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(operand, "_id")) throw new MongoError(15955, "a group specification must include an _id");
  const { _id, ...rest } = operand;
  const id = compileFor(_id, environment);
  const fields = Object.entries(rest).map(([name, specification]) => groupField(name, specification, environment));
  return (documents) => grouped(documents, (document) => id(document) ?? null, fields);
};

function* grouped(
  documents: Iterable<Doc>,
  id: (document: Doc) => unknown,
  fields: readonly GroupField[],
): Iterable<Doc> {
  const groups = new Map<string, { id: unknown; accumulators: Accumulator[] }>();
  for (const document of documents) {
    const key = id(document);
    const known = identity(key);
    let found = groups.get(known);
    if (!found) groups.set(known, (found = { id: key, accumulators: fields.map((field) => field.start(key)) }));
    fields.forEach((field, i) => found.accumulators[i]!.add(field.value(document)));
  }
  for (const { id: key, accumulators } of groups.values()) yield groupDocument(key, fields, accumulators);
}

function groupDocument(id: unknown, fields: readonly GroupField[], accumulators: readonly Accumulator[]): Doc {
  const result: Doc = { _id: id };
  fields.forEach(({ name }, i) => (result[name] = accumulators[i]!.result()));
  return result;
}

const sortByCount: StageCompiler = (operand, environment, name) => {
  const counted = group({ _id: operand, count: { $sum: 1 } }, environment, name);
  return function* (documents) {
    yield* [...counted(documents)].sort((a, b) => compareValues(b.count, a.count));
  };
};

const bucket: StageCompiler = (operand, environment) => {
  if (!isDocument(operand)) throw new MongoError(40201, `Argument to $bucket stage must be an object`);
  const { groupBy, boundaries, output } = operand;
  if (!Array.isArray(boundaries) || boundaries.length < 2) {
    throw new MongoError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  }
  for (let i = 1; i < boundaries.length; i++) {
    if (compareValues(boundaries[i - 1], boundaries[i]) >= 0) {
      throw new MongoError(40194, "The 'boundaries' option to $bucket must be sorted");
    }
  }
  const by = compileFor(groupBy, environment);
  const fields = outputFields(output, environment);
  const place = (document: Doc): unknown => {
    const value = by(document);
    for (let i = boundaries.length - 2; i >= 0; i--) {
      const fits = compareValues(value, boundaries[i]) >= 0 && compareValues(value, boundaries[i + 1]) < 0;
      if (fits) return boundaries[i] as unknown;
    }
    if (Object.hasOwn(operand, "default")) return operand.default;
    throw new MongoError(40066, "$switch could not find a matching branch for an input, and no default was specified.");
  };
  return function* (documents) {
    yield* [...grouped(documents, place, fields)].sort((a, b) => compareValues(a._id, b._id));
  };
};

function outputFields(output: unknown, environment: Environment): GroupField[] {
  const specification = isDocument(output) ? output : { count: { $sum: 1 } };
  return Object.entries(specification).map(([name, one]) => groupField(name, one, environment));
}

const bucketAuto: StageCompiler = (operand, environment) => {
  if (!isDocument(operand))
    throw new MongoError(40240, `The argument to $bucketAuto must be an object, but found type: ${typeName(operand)}`);
  const count = toInteger(operand.buckets);
  if (count === null || count <= 0)
    throw new MongoError(40243, "The $bucketAuto 'buckets' field must be greater than 0");
  if (operand.granularity !== undefined) return byLibrary("$bucketAuto", operand);
  const by = compileFor(operand.groupBy, environment);
  const fields = outputFields(operand.output, environment);
  return (documents) => evenBuckets(documents, by, fields, count);
};

function* evenBuckets(
  documents: Iterable<Doc>,
  by: (document: Doc) => unknown,
  fields: readonly GroupField[],
  count: number,
): Iterable<Doc> {
  const sorted = [...documents]
    .map((document) => ({ document, key: by(document) ?? null }))
    .sort((a, b) => compareValues(a.key, b.key));
  const size = Math.max(1, Math.round(sorted.length / count));
  let start = 0;
  for (let n = 0; n < count && start < sorted.length; n++) {
    let end = n === count - 1 ? sorted.length : Math.min(sorted.length, start + size);
    // Equal values stay together.
    while (end < sorted.length && compareValues(sorted[end]!.key, sorted[end - 1]!.key) === 0) end++;
    const accumulators = fields.map((field) => field.start(null));
    for (const { document } of sorted.slice(start, end)) {
      fields.forEach((field, i) => accumulators[i]!.add(field.value(document)));
    }
    const max = sorted[Math.min(end, sorted.length - 1)]!.key;
    yield groupDocument({ min: sorted[start]!.key, max }, fields, accumulators);
    start = end;
  }
}

export const GROUP_STAGES: StageTable = {
  $group: group,
  $sortByCount: sortByCount,
  $bucket: bucket,
  $bucketAuto: bucketAuto,
};
