/** Dotted paths through documents and arrays, as queries, indexes and sorting follow them. */
import { BsonUndefined, type Doc, isDocument } from "../bson/values";

const splitPaths = new Map<string, readonly string[]>();
const MAX_SPLIT_PATHS = 5_000;

/** The parts of a path. Paths repeat for every document, so they are kept. */
export function splitPath(path: string): readonly string[] {
  let parts = splitPaths.get(path);
  if (!parts) {
    parts = path.split(".");
    if (splitPaths.size >= MAX_SPLIT_PATHS) splitPaths.clear();
    splitPaths.set(path, parts);
  }
  return parts;
}

const DIGITS = /^(?:0|[1-9]\d*)$/;

export function isArrayIndex(part: string): boolean {
  return DIGITS.test(part);
}

/** The field itself, not what an object inherits. */
export function fieldOf(document: Doc, name: string): unknown {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}

/**
 * Every value a path leads to. Arrays on the way are gone through, and a number is also taken as a position in them; the array
 * at the end is one value, its elements are not listed. Where a document lacks the field, `undefined` is listed; an array
 * without documents lists nothing.
 */
export function valuesAt(value: unknown, parts: readonly string[], from = 0): unknown[] {
  const found: unknown[] = [];
  collect(value, parts, from, found);
  return found;
}

function collect(value: unknown, parts: readonly string[], from: number, found: unknown[]): void {
  for (let i = from; i < parts.length; i++) {
    const part = parts[i]!;
    if (Array.isArray(value)) {
      collectFromArray(value, parts, i, found);
      return;
    }
    if (!isDocument(value)) {
      found.push(undefined);
      return;
    }
    value = fieldOf(value, part);
  }
  found.push(value);
}

function collectFromArray(array: readonly unknown[], parts: readonly string[], i: number, found: unknown[]): void {
  const part = parts[i]!;
  if (isArrayIndex(part) && Number(part) < array.length) collect(array[Number(part)], parts, i + 1, found);
  for (const item of array) {
    if (isDocument(item)) collect(item, parts, i, found);
  }
}

/** The values an index or a sort sees: like `valuesAt`, and the elements of an array at the end instead of the array. */
export function keysAt(document: Doc, path: string): unknown[] {
  const parts = splitPath(path);
  if (parts.length === 1) {
    const value = fieldOf(document, path);
    if (!Array.isArray(value)) return [value];
    return value.length === 0 ? [EMPTY_ARRAY] : value;
  }
  const values = valuesAt(document, parts);
  if (values.length === 0) return [undefined];
  return values.flatMap((value) => (Array.isArray(value) ? (value.length === 0 ? [EMPTY_ARRAY] : value) : [value]));
}

/** An empty array has no elements; it sorts below null, as the old type `undefined` does. */
export const EMPTY_ARRAY: unknown = BsonUndefined.value;
