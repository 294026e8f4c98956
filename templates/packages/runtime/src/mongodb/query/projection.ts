/** Projections of `find` and of `$project`: fields kept, left out or computed. */
import { compileExpression, evaluate, type Expression, type ExpressionOptions } from "../aggregate/expressions";
import { type Doc, isDocument, setField } from "../bson/values";
import { badValue, MongoError } from "../errors";
import { isNumeric, toDouble, toInteger } from "../values/numbers";
import { elementPredicate, type MatchOptions } from "./matcher";

export type Project = (document: Doc, variables?: Record<string, unknown>) => Doc;

export interface ProjectionOptions extends ExpressionOptions, MatchOptions {
  /** `find` knows `$elemMatch`, `$slice` and the positional `$`; `$project` does not. */
  find?: boolean;
  /** The element of the array that the query matched, for a positional projection. */
  positionOf?: (document: Doc, arrayPath: string) => number | null;
}

/** A node of the tree that the dotted paths of a projection make. */
interface Node {
  /** Kept, left out, or what computes it; a Map for fields inside. */
  fields: Map<string, Node | "keep" | "drop" | Compute>;
}

type Compute = (value: unknown, document: Doc, variables: Record<string, unknown>) => unknown;

/** Compiles a projection; an empty one keeps everything. */
export function compileProjection(specification: Doc, options: ProjectionOptions = {}): Project {
  if (Object.keys(specification).length === 0) return (document) => document;
  const root: Node = { fields: new Map() };
  const kinds = { keep: 0, drop: 0, other: 0 };
  addFields(root, specification, "", options, kinds);
  const exclusive = kinds.drop > 0 && kinds.keep === 0 && (kinds.other === 0 || options.find === true);
  if (kinds.keep > 0 && kinds.drop > 0) {
    throw new MongoError(31254, "Cannot do exclusion on a field in inclusion projection");
  }
  const id = root.fields.get("_id");
  const onlyId = root.fields.size === 1 && (id === "keep" || id === "drop");
  // Without any kept field, the computed ones of find are added to the whole document.
  const inclusive = !exclusive && !(onlyId && id === "drop") && !(kinds.keep === 0 && keepsAll(specification, options));
  if (inclusive && id === undefined) root.fields.set("_id", "keep");
  return (document, variables = {}) => project(root, document, inclusive, document, variables) as Doc;
}

/** `{items: {$slice: 2}}` alone keeps the other fields. */
function keepsAll(specification: Doc, { find }: ProjectionOptions): boolean {
  if (!find || Object.keys(specification).every((name) => name === "_id")) return false;
  return Object.entries(specification).every(
    ([name, value]) =>
      name === "_id" || (isDocument(value) && Object.hasOwn(value, "$slice") && isFindSlice(value.$slice)),
  );
}

const isFindSlice = (operand: unknown): boolean =>
  isNumeric(operand) || (Array.isArray(operand) && operand.length === 2 && operand.every(isNumeric));

function addFields(
  root: Node,
  specification: Doc,
  prefix: string,
  options: ProjectionOptions,
  kinds: { keep: number; drop: number; other: number },
): void {
  for (const [name, value] of Object.entries(specification)) {
    const path = prefix + name;
    if (options.find && path.endsWith(".$")) {
      setNode(root, path.slice(0, -2), positional(path.slice(0, -2), options));
      kinds.keep++;
      continue;
    }
    if (isNumeric(value) || typeof value === "boolean") {
      const kept = value === true || (value !== false && toDouble(value) !== 0);
      if (path !== "_id") kinds[kept ? "keep" : "drop"]++;
      setNode(root, path, kept ? "keep" : "drop");
    } else if (isDocument(value) && !Object.keys(value).some((key) => key.startsWith("$"))) {
      if (Object.keys(value).length === 0) throw new MongoError(51270, "An empty sub-projection is not a valid value.");
      addFields(root, value, `${path}.`, options, kinds);
    } else {
      setNode(root, path, computed(value, options));
      kinds.other++;
    }
  }
}

function setNode(root: Node, path: string, leaf: "keep" | "drop" | Compute): void {
  const parts = path.split(".");
  if (parts.some((part) => part === ""))
    throw new MongoError(40352, "FieldPath cannot be constructed with empty string");
  let node = root;
  for (const part of parts.slice(0, -1)) {
    const next = node.fields.get(part);
    if (next !== undefined && (typeof next !== "object" || !("fields" in next))) throw collision(path);
    const inner: Node = (next as Node | undefined) ?? { fields: new Map() };
    node.fields.set(part, inner);
    node = inner;
  }
  const last = parts.at(-1)!;
  if (node.fields.has(last)) throw collision(path);
  node.fields.set(last, leaf);
}

const collision = (path: string): MongoError => new MongoError(31250, `Path collision at ${path}`);

function computed(value: unknown, options: ProjectionOptions): Compute {
  if (options.find && isDocument(value)) {
    if (Object.hasOwn(value, "$elemMatch")) return elementMatch(value.$elemMatch, options);
    if (Object.hasOwn(value, "$slice") && isFindSlice(value.$slice)) return slice(value.$slice);
  }
  const expression: Expression = compileExpression(value, options);
  return (_value, document, variables) => evaluate(expression, document, variables);
}

function elementMatch(condition: unknown, options: ProjectionOptions): Compute {
  const test = elementPredicate(condition, options);
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const hit = value.findIndex(test);
    return hit < 0 ? undefined : [value[hit]];
  };
}

function slice(operand: unknown): Compute {
  const [a, b] = (Array.isArray(operand) ? operand : [operand]).map((item) => toInteger(item) ?? 0);
  if (b !== undefined && b <= 0) throw new MongoError(28724, "$slice limit must be positive");
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (b === undefined) return a! >= 0 ? value.slice(0, a) : value.slice(a);
    const start = a! < 0 ? Math.max(0, value.length + a!) : a!;
    return value.slice(start, start + b);
  };
}

function positional(path: string, options: ProjectionOptions): Compute {
  return (value, document) => {
    if (!Array.isArray(value)) return value;
    const position = options.positionOf?.(document, path);
    if (position === null || position === undefined) {
      throw new MongoError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    }
    return [value[position]];
  };
}

function project(
  node: Node,
  value: unknown,
  inclusive: boolean,
  document: Doc,
  variables: Record<string, unknown>,
): unknown {
  if (Array.isArray(value)) {
    const items = inclusive ? value.filter((item) => isDocument(item) || Array.isArray(item)) : value;
    return items.map((item) => project(node, item, inclusive, document, variables));
  }
  if (!isDocument(value)) return value;
  const result: Doc = {};
  for (const name of Object.keys(value)) {
    const field = node.fields.get(name);
    if (field === undefined ? !inclusive : field === "keep") setField(result, name, value[name]);
    else if (typeof field === "object") addInner(result, name, field, value[name], inclusive, document, variables);
    else if (typeof field === "function") assign(result, name, field(value[name], document, variables));
  }
  for (const [name, field] of node.fields) {
    if (Object.hasOwn(value, name) || typeof field === "string") continue;
    if (typeof field === "function") assign(result, name, field(undefined, document, variables));
    else addComputed(result, name, field, document, variables);
  }
  return result;
}

function addInner(
  result: Doc,
  name: string,
  node: Node,
  value: unknown,
  inclusive: boolean,
  document: Doc,
  variables: Record<string, unknown>,
): void {
  if (isDocument(value) || Array.isArray(value)) {
    setField(result, name, project(node, value, inclusive, document, variables));
  } else if (!inclusive) {
    setField(result, name, value);
  } else {
    addComputed(result, name, node, document, variables);
  }
}

/** Computed fields inside a document that is not there make one. */
function addComputed(result: Doc, name: string, node: Node, document: Doc, variables: Record<string, unknown>): void {
  if (!hasComputed(node)) return;
  setField(result, name, project(node, {}, true, document, variables));
}

function hasComputed(node: Node): boolean {
  return [...node.fields.values()].some(
    (field) => typeof field === "function" || (typeof field === "object" && hasComputed(field)),
  );
}

function assign(result: Doc, name: string, value: unknown): void {
  if (value !== undefined) setField(result, name, value);
}

/** Whether a projection's value asks for a field, for `find`'s old spelling as a list of names. */
export function projectionDocument(value: unknown): Doc {
  if (value === undefined || value === null) return {};
  if (Array.isArray(value)) return Object.fromEntries(value.map((name) => [String(name), 1]));
  if (!isDocument(value)) throw badValue("projection must be an object");
  return value;
}
