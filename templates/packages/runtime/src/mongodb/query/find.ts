/** Finding documents: the plan's candidates, checked by the whole query, in the order that was asked for. */
import type { Doc } from "../bson/values";
import { distanceOf } from "../aggregate/stages/basic";
import type { Collection } from "../storage/collection";
import { StoredDocument } from "../storage/records";
import type { View } from "../storage/view";
import { findNear } from "./geo";
import { compileQuery, type MatchOptions } from "./matcher";
import { type Plan, planQuery } from "./plan";
import { sortDocuments } from "./sort";
import { textSearch } from "./text";

export interface FindRequest extends MatchOptions {
  filter: Doc;
  sort?: Doc | undefined;
  skip?: number;
  /** 0: all. */
  limit?: number;
  hint?: unknown;
}

/** Finds documents, each looked up when it is asked for. */
export function* findDocuments(view: View, collection: Collection, request: FindRequest): Generator<StoredDocument> {
  const { skip = 0, limit = 0 } = request;
  let passed = 0;
  let given = 0;
  for (const stored of ordered(view, collection, request)) {
    if (passed++ < skip) continue;
    yield stored;
    if (++given === limit) return;
  }
}

function ordered(view: View, collection: Collection, request: FindRequest): Iterable<StoredDocument> {
  const { filter, sort, collation } = request;
  const plans = planQuery(collection, { filter, sort, hint: request.hint, collation });
  const matches = matching(view, collection, plans, request);
  if (sort && Object.keys(sort).length > 0) {
    const inOrder = plans.length === 1 && plans[0]!.sorted && view.ordered;
    if (inOrder) return matches;
    return sortDocuments([...matches], (stored) => stored.document, sort, collation);
  }
  const near = findNear(filter);
  if (!near) return matches;
  return [...matches]
    .map((stored) => ({ stored, far: distanceOf(stored.document, near) ?? Infinity }))
    .sort((a, b) => a.far - b.far)
    .map(({ stored }) => stored);
}

function* matching(
  view: View,
  collection: Collection,
  plans: readonly Plan[],
  request: FindRequest,
): Iterable<StoredDocument> {
  const text = (specification: Doc) => textSearch(collection, specification).matches;
  const test = compileQuery(request.filter, { text, ...request });
  const everything = Object.keys(request.filter).length === 0;
  const seen = plans.length > 1 ? new Set<number>() : null;
  for (const { index, ranges, backwards } of plans) {
    const candidates = index ? view.lookUp(collection, index, ranges, backwards) : view.scan(collection, backwards);
    for (const stored of candidates) {
      if (seen?.has(stored.seq)) continue;
      if (!everything && !test(stored.document)) continue;
      seen?.add(stored.seq);
      yield stored;
    }
  }
}
