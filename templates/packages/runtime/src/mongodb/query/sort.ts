import { type Doc, isDocument } from "../bson/values";
import { badValue, MongoError } from "../errors";
import { compareValues } from "../values/compare";
import type { Collation } from "../values/collation";
import { toInteger } from "../values/numbers";
import { keysAt } from "../values/paths";
import { textScoreOf } from "./text-score";

/** Stands for a path in a sort by how well `$text` matched. */
const BY_TEXT_SCORE = "$textScore";

/** A field and a direction. */
export type SortField = readonly [path: string, direction: 1 | -1];

/** The fields of a sort specification. `{$meta: "textScore"}` sorts by how well `$text` matched, best first. */
export function sortFields(specification: Doc): SortField[] {
  return Object.entries(specification).map(([path, direction]) => {
    if (isDocument(direction) && Object.hasOwn(direction, "$meta")) return [BY_TEXT_SCORE, -1];
    const number = toInteger(direction);
    if (number !== 1 && number !== -1) {
      throw new MongoError(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
    }
    if (path === "" || path.startsWith("$")) throw badValue(`FieldPath field names may not start with '$': ${path}`);
    return [path, number];
  });
}

/** Compares documents: an array counts as its smallest element when ascending, its largest when descending. */
export function sortComparator(specification: Doc, collation?: Collation): (a: Doc, b: Doc) => number {
  const fields = sortFields(specification);
  return (a, b) => {
    for (const [path, direction] of fields) {
      const order = compareValues(
        sortKey(a, path, direction, collation),
        sortKey(b, path, direction, collation),
        collation,
      );
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

function sortKey(document: Doc, path: string, direction: 1 | -1, collation?: Collation): unknown {
  if (path === BY_TEXT_SCORE) return textScoreOf(document);
  const keys = keysAt(document, path);
  let best = keys[0];
  for (let i = 1; i < keys.length; i++) {
    if (compareValues(keys[i], best, collation) * direction < 0) best = keys[i];
  }
  return best;
}

/** Sorts documents, each key computed once; equal ones stay in order. */
export function sortDocuments<T>(
  items: T[],
  documentOf: (item: T) => Doc,
  specification: Doc,
  collation?: Collation,
): T[] {
  const fields = sortFields(specification);
  const keyed = items.map((item) => {
    const document = documentOf(item);
    return { item, keys: fields.map(([path, direction]) => sortKey(document, path, direction, collation)) };
  });
  keyed.sort((a, b) => {
    for (let i = 0; i < fields.length; i++) {
      const order = compareValues(a.keys[i], b.keys[i], collation);
      if (order !== 0) return order * fields[i]![1];
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}
