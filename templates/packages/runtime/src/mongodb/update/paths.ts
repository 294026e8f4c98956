/** The paths of update operators: `a.b.0`, `a.$.b`, `a.$[].b`, `a.$[filter].b`. */
import { type Doc, isDocument, setField, typeName } from "../bson/values";
import { badValue, MongoError } from "../errors";
import { fieldOf, isArrayIndex } from "../values/paths";

/** What the placeholders in paths stand for. */
export interface Placeholders {
  /** Position of the array element that the query matched, for `$`; null when it matched none. */
  positionOf(arrayPath: string): number | null;
  /** Conditions of `arrayFilters` by identifier. */
  filters: ReadonlyMap<string, (element: unknown) => boolean>;
}

/** The places in a document that a path means; several where it says `$[]`. */
export function expandPath(document: Doc, path: string, placeholders: Placeholders): string[][] {
  const parts = path.split(".");
  if (parts.some((part) => part === "")) {
    throw new MongoError(
      "EmptyFieldName",
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  let places: string[][] = [[]];
  parts.forEach((part, i) => {
    if (part === "$") places = places.map((place) => [...place, matchedPosition(parts, i, path, placeholders)]);
    else if (part.startsWith("$[") && part.endsWith("]")) {
      places = places.flatMap((place) => elementsOf(document, place, part.slice(2, -1), path, placeholders));
    } else if (part.startsWith("$") && i === 0) {
      throw new MongoError(
        "DollarPrefixedFieldName",
        `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      );
    } else places = places.map((place) => [...place, part]);
  });
  return places;
}

function matchedPosition(parts: readonly string[], i: number, path: string, placeholders: Placeholders): string {
  if (i === 0) throw badValue(`Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
  const position = placeholders.positionOf(parts.slice(0, i).join("."));
  if (position === null) {
    throw badValue("The positional operator did not find the match needed from the query.");
  }
  return String(position);
}

function elementsOf(
  document: Doc,
  place: readonly string[],
  identifier: string,
  path: string,
  { filters }: Placeholders,
): string[][] {
  const array = valueAt(document, place);
  if (!Array.isArray(array)) {
    if (array === undefined) {
      throw badValue(`The path '${place.join(".")}' must exist in the document in order to apply array updates.`);
    }
    throw badValue(`Cannot apply array updates to non-array element ${place.join(".")}: ${JSON.stringify(array)}`);
  }
  const test = identifier === "" ? () => true : filters.get(identifier);
  if (!test) throw badValue(`No array filter found for identifier '${identifier}' in path '${path}'`);
  return array.flatMap((element, i) => (test(element) ? [[...place, String(i)]] : []));
}

/** The value at a place, `undefined` when there is none. */
export function valueAt(document: unknown, place: readonly string[]): unknown {
  let value = document;
  for (const part of place) {
    if (Array.isArray(value)) value = isArrayIndex(part) ? (value as unknown[])[Number(part)] : undefined;
    else if (isDocument(value)) value = fieldOf(value, part);
    else return undefined;
  }
  return value;
}

/** Longest array that a position may make: a slip of the pen must not fill the memory. */
const MAX_PADDING = 1_500_000;

/** Puts a value at a place; documents on the way are made. */
export function putAt(document: Doc, place: readonly string[], value: unknown): void {
  let holder: unknown = document;
  place.forEach((part, i) => {
    const last = i === place.length - 1;
    if (Array.isArray(holder)) {
      const array = holder as unknown[];
      if (!isArrayIndex(part)) throw notViable(part, place, i, array);
      const index = Number(part);
      if (index > array.length + MAX_PADDING) throw badValue(`can't backfill more than ${MAX_PADDING} elements`);
      while (array.length < index) array.push(null);
      if (last) array[index] = value;
      else if (array[index] === undefined) array[index] = {};
      holder = array[index];
    } else if (isDocument(holder)) {
      if (last) setField(holder, part, value);
      else if (fieldOf(holder, part) === undefined) setField(holder, part, {});
      holder = fieldOf(holder, part);
    } else {
      throw notViable(part, place, i, holder);
    }
  });
}

function notViable(part: string, place: readonly string[], i: number, holder: unknown): MongoError {
  const shown = typeName(holder) === "missing" ? "nothing" : JSON.stringify(holder);
  return new MongoError("PathNotViable", `Cannot create field '${part}' in element {${place[i - 1] ?? ""}: ${shown}}`);
}

/** Removes the value at a place; an element of an array becomes null, as its position has to stay. */
export function removeAt(document: Doc, place: readonly string[]): void {
  const holder = valueAt(document, place.slice(0, -1));
  const last = place.at(-1)!;
  if (Array.isArray(holder)) {
    if (isArrayIndex(last) && Number(last) < holder.length) holder[Number(last)] = null;
  } else if (isDocument(holder)) {
    delete holder[last];
  }
}
