/** Updates: operators, replacement documents and pipelines. */
import { cloneValue, type Doc, isDocument, ObjectId, setField, typeName } from "../bson/values";
import { failedToParse, MongoError } from "../errors";
import { compileQuery, hasOperators, type MatchOptions } from "../query/matcher";
import { equalValues } from "../values/compare";
import { isArrayIndex } from "../values/paths";
import { type OperatorContext, REMOVED, UNCHANGED, UPDATE_OPERATORS } from "./operators";
import { expandPath, type Placeholders, putAt, removeAt, valueAt } from "./paths";

export interface UpdateOptions extends MatchOptions {
  arrayFilters?: unknown;
  /** Runs a pipeline over one document. */
  runPipeline(pipeline: Doc[], document: Doc, variables: Record<string, unknown>): Doc;
}

/** A compiled update. */
export interface Update {
  /** A replacement document, which `multi` excludes. */
  readonly replaces: boolean;
  /** The document after the update; `document` may be changed. */
  apply(document: Doc, positionOf: Placeholders["positionOf"], inserting: boolean): Doc;
}

export function compileUpdate(update: unknown, options: UpdateOptions): Update {
  if (Array.isArray(update)) return pipelineUpdate(update as Doc[], options);
  if (!isDocument(update)) throw failedToParse("Update argument must be either an object or an array");
  const names = Object.keys(update);
  if (!names.some((name) => name.startsWith("$"))) return replacement(update);
  return operatorUpdate(update, options);
}

function replacement(update: Doc): Update {
  return {
    replaces: true,
    apply(document) {
      const result: Doc = {};
      const id = document._id === undefined ? update._id : document._id;
      if (id !== undefined) result._id = id;
      if (update._id !== undefined && document._id !== undefined && !equalValues(update._id, document._id)) {
        throw immutable();
      }
      for (const name of Object.keys(update)) if (name !== "_id") setField(result, name, cloneValue(update[name]));
      return result;
    },
  };
}

const immutable = (): MongoError =>
  new MongoError("ImmutableField", "Performing an update on the path '_id' would modify the immutable field '_id'");

function pipelineUpdate(pipeline: Doc[], options: UpdateOptions): Update {
  const allowed = ["$addFields", "$set", "$project", "$unset", "$replaceRoot", "$replaceWith"];
  for (const stage of pipeline) {
    const [name = ""] = isDocument(stage) ? Object.keys(stage) : [];
    if (!allowed.includes(name)) {
      throw new MongoError("InvalidOptions", `${name} is not allowed to be used within an update`);
    }
  }
  return {
    replaces: false,
    apply(document) {
      const id = document._id;
      const result = options.runPipeline(pipeline, document, options.variables ?? {});
      if (result._id === undefined) return id === undefined ? result : { _id: id, ...result };
      if (id !== undefined && !equalValues(result._id, id)) throw immutable();
      return result;
    },
  };
}

interface Modification {
  name: string;
  path: string;
  operand: unknown;
}

function operatorUpdate(update: Doc, options: UpdateOptions): Update {
  const modifications = listModifications(update);
  refuseConflicts(modifications);
  const filters = arrayFilters(options);
  refuseUnusedFilters(filters, modifications);
  return {
    replaces: false,
    apply(document, positionOf, inserting) {
      const id = document._id;
      const placeholders: Placeholders = { positionOf, filters };
      for (const modification of modifications) {
        if (modification.name === "$setOnInsert" && !inserting) continue;
        modify(document, modification, placeholders, { collation: options.collation, id, path: modification.path });
      }
      if (id !== undefined && !equalValues(document._id, id)) throw immutable();
      return document;
    },
  };
}

/** The single changes in the order in which MongoDB makes them: by path, numbers by value. */
function listModifications(update: Doc): Modification[] {
  const modifications: Modification[] = [];
  for (const [name, operands] of Object.entries(update)) {
    if (name !== "$rename" && !Object.hasOwn(UPDATE_OPERATORS, name)) {
      throw failedToParse(
        name.startsWith("$")
          ? `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`
          : `unknown top level operator: ${name}`,
      );
    }
    if (!isDocument(operands)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${typeName(operands)} instead. For example: {$mod: {<field>: ...}} not {${name}: ${JSON.stringify(operands)}}`,
      );
    }
    for (const [path, operand] of Object.entries(operands)) modifications.push({ name, path, operand });
  }
  return modifications.sort((a, b) => comparePaths(a.path.split("."), b.path.split(".")));
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y) continue;
    if (isArrayIndex(x) && isArrayIndex(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** Two changes of one field, or of a field and of one inside it, have no order. */
function refuseConflicts(modifications: readonly Modification[]): void {
  const seen: string[] = [];
  const paths = modifications.flatMap(({ name, path, operand }) =>
    name === "$rename" && typeof operand === "string" ? [path, operand] : [path],
  );
  for (const path of paths) {
    const other = seen.find((known) => known === path || known.startsWith(`${path}.`) || path.startsWith(`${known}.`));
    if (other !== undefined) {
      const at = other.length < path.length ? other : path;
      throw new MongoError(
        "ConflictingUpdateOperators",
        `Updating the path '${path}' would create a conflict at '${at}'`,
      );
    }
    seen.push(path);
  }
}

function arrayFilters(options: UpdateOptions): Map<string, (element: unknown) => boolean> {
  const filters = new Map<string, (element: unknown) => boolean>();
  if (options.arrayFilters === undefined) return filters;
  for (const filter of options.arrayFilters as Doc[]) {
    const identifier = filterIdentifier(filter);
    if (filters.has(identifier)) {
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const test = compileQuery(filter, options);
    filters.set(identifier, (element) => test({ [identifier]: element }));
  }
  return filters;
}

/** The first part of the fields a filter speaks of: `{"e.grade": …}` is about `e`. */
function filterIdentifier(filter: Doc): string {
  const names = new Set<string>();
  const collect = (document: Doc): void => {
    for (const [name, condition] of Object.entries(document)) {
      if (!name.startsWith("$")) names.add(name.split(".")[0]!);
      else if (Array.isArray(condition)) for (const clause of condition) if (isDocument(clause)) collect(clause);
    }
  };
  collect(filter);
  if (names.size !== 1) {
    throw failedToParse(
      names.size === 0
        ? "Cannot use an expression without a top-level field name in arrayFilters"
        : `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${[...names].join("' and '")}'`,
    );
  }
  return [...names][0]!;
}

function refuseUnusedFilters(filters: ReadonlyMap<string, unknown>, modifications: readonly Modification[]): void {
  for (const identifier of filters.keys()) {
    if (!modifications.some(({ path }) => path.includes(`$[${identifier}]`))) {
      throw failedToParse(`The array filter for identifier '${identifier}' was not used in the update`);
    }
  }
}

function modify(document: Doc, modification: Modification, placeholders: Placeholders, context: OperatorContext): void {
  const { name, path, operand } = modification;
  if (name === "$rename") return rename(document, path, operand);
  for (const place of expandPath(document, path, placeholders)) {
    const result = UPDATE_OPERATORS[name]!(valueAt(document, place), cloneValue(operand), context);
    if (result === UNCHANGED) continue;
    if (result === REMOVED) removeAt(document, place);
    else putAt(document, place, result);
  }
}

function rename(document: Doc, path: string, target: unknown): void {
  if (typeof target !== "string") {
    throw new MongoError("BadValue", `The 'to' field for $rename must be a string: ${path}: ${JSON.stringify(target)}`);
  }
  const from = path.split(".");
  const value = valueAt(document, from);
  if (value === undefined) return;
  const crossesArray = [from, target.split(".")].some((parts) =>
    parts.slice(0, -1).some((_, i) => Array.isArray(valueAt(document, parts.slice(0, i + 1)))),
  );
  if (crossesArray)
    throw new MongoError("BadValue", `The source or destination field of $rename cannot be an array element`);
  removeAt(document, from);
  removeAt(document, target.split("."));
  putAt(document, target.split("."), value);
}

/** The document an upsert begins with: what the query says its fields are. */
export function documentOfQuery(filter: Doc): Doc {
  const document: Doc = {};
  const collect = (query: Doc): void => {
    for (const [name, condition] of Object.entries(query)) {
      if (name === "$and") (condition as Doc[]).forEach(collect);
      else if (name === "$or" && (condition as Doc[]).length === 1) (condition as Doc[]).forEach(collect);
      else if (!name.startsWith("$")) {
        const value = equalityValue(condition);
        if (value !== undefined) putAt(document, name.split("."), cloneValue(value));
      }
    }
  };
  collect(filter);
  return document;
}

function equalityValue(condition: unknown): unknown {
  if (typeName(condition) === "regex") return undefined;
  if (!hasOperators(condition)) return condition;
  if (Object.hasOwn(condition, "$eq")) return condition.$eq;
  for (const name of ["$in", "$all"]) {
    const list = condition[name];
    if (Array.isArray(list) && list.length === 1 && !hasOperators(list[0])) return list[0] as unknown;
  }
  return undefined;
}

/** The document with its _id first; one without gets an ObjectId. */
export function withId(document: Doc): Doc {
  if (Object.keys(document)[0] === "_id") return document;
  const { _id, ...rest } = document;
  return { _id: _id === undefined ? new ObjectId() : _id, ...rest };
}

/** The position in an array at which a query matches: what `$` in an update or a projection stands for. */
export function matchedPosition(filter: Doc, document: Doc, arrayPath: string, options: MatchOptions): number | null {
  const array = valueAt(document, arrayPath.split("."));
  if (!Array.isArray(array)) return null;
  for (const [path, condition] of conditionsOn(filter, arrayPath)) {
    const position = array.findIndex((element) => matchesAlone(element, path, condition, options));
    if (position >= 0) return position;
  }
  return null;
}

/** The conditions on an array or on fields of its elements, with the path inside the element. */
function conditionsOn(filter: Doc, arrayPath: string): [path: string, condition: unknown][] {
  return Object.entries(filter).flatMap(([name, condition]): [string, unknown][] => {
    if (name === "$and" || name === "$or")
      return (condition as Doc[]).flatMap((clause) => conditionsOn(clause, arrayPath));
    if (name === arrayPath) return [["", condition]];
    return name.startsWith(`${arrayPath}.`) ? [[name.slice(arrayPath.length + 1), condition]] : [];
  });
}

function matchesAlone(element: unknown, path: string, condition: unknown, options: MatchOptions): boolean {
  // The element is asked as the only one of an array, so that $elemMatch and plain conditions both apply to it.
  const name = path === "" ? "element" : `element.${path}`;
  return compileQuery({ [name]: condition }, options)({ element: [element] });
}
