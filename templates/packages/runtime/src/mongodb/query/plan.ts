/**
 * Which index answers a query. An index only narrows the candidates: every one of them is asked by the whole query, so bounds
 * may be wider than what is wanted, never narrower.
 */
import { type Doc, isDocument } from "../bson/values";
import { badValue } from "../errors";
import { findIndex } from "../storage/catalog";
import type { Collection } from "../storage/collection";
import type { IndexDefinition } from "../storage/index-definition";
import type { KeyRange } from "../storage/records";
import type { Collation } from "../values/collation";
import { typeRank } from "../values/compare";
import { afterPrefix, encodeKey, typeByte } from "../values/keys";
import { hasOperators } from "./matcher";
import { compileRegExp, literalPrefix } from "./regexp";
import { sortFields } from "./sort";

export interface Plan {
  /** null: every document is looked at. */
  index: IndexDefinition | null;
  ranges: KeyRange[];
  /** The candidates come in the order that was asked for. */
  sorted: boolean;
  backwards: boolean;
}

export interface PlanRequest {
  filter: Doc;
  sort?: Doc | undefined;
  hint?: unknown;
  collation?: Collation | undefined;
}

const ALL: KeyRange = { lower: Buffer.alloc(0), upper: null };
const SCAN: Plan = { index: null, ranges: [], sorted: false, backwards: false };
/** `$in` lists, multiplied over the fields of an index, beyond which a range is not worth its look-up. */
const MAX_RANGES = 2_000;

/** The way to a query's candidates: a list of plans whose results together hold every match. */
export function planQuery(collection: Collection, request: PlanRequest): Plan[] {
  const { hint, sort } = request;
  if (isNatural(hint)) return [{ ...SCAN, backwards: Number((hint as Doc).$natural) < 0, sorted: false }];
  if (sort && isNatural(sort)) return [{ ...SCAN, backwards: Number(sort.$natural) < 0, sorted: true }];
  if (hint !== undefined) {
    const index = findIndex(collection, hint);
    if (!index) {
      throw badValue(
        "error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index",
      );
    }
    return [planWith(index, request) ?? wholeIndex(index) ?? SCAN];
  }
  const best = bestPlan(collection, request);
  if (best) return [best];
  return planAlternatives(collection, request) ?? [planForSort(collection, request) ?? SCAN];
}

const isNatural = (value: unknown): boolean => isDocument(value) && Object.hasOwn(value, "$natural");

/** A hint for an index the query says nothing about: all of its keys, when every document has one. */
function wholeIndex(index: IndexDefinition): Plan | null {
  if (index.special || index.sparse || index.partial) return null;
  return { index, ranges: [ALL], sorted: false, backwards: false };
}

function bestPlan(collection: Collection, request: PlanRequest): Plan | null {
  let best: { plan: Plan; score: number } | null = null;
  for (const index of collection.indexes) {
    if (index.spec.hidden === true) continue;
    const plan = planWith(index, request);
    if (!plan) continue;
    const score = scoreOf(index, plan, request);
    if (!best || score > best.score) best = { plan, score };
  }
  return best?.plan ?? null;
}

/** Many fields compared for equality beat few, a unique key beats all, an order that is wanted breaks a tie. */
function scoreOf(index: IndexDefinition, plan: Plan, { filter }: PlanRequest): number {
  const conditions = conditionsByPath(filter);
  let score = plan.sorted ? 0.25 : 0;
  for (const { path } of index.fields) {
    const condition = conditions.get(path);
    if (!condition) break;
    if (equalityValues(condition)) score += 2;
    else {
      score += 1;
      break;
    }
  }
  return index.unique && score >= index.fields.length * 2 ? score + 100 : score;
}

/** `$or` at the top: each alternative by an index of its own, if all of them have one. */
function planAlternatives(collection: Collection, request: PlanRequest): Plan[] | null {
  const alternatives = request.filter.$or;
  if (!Array.isArray(alternatives)) return null;
  const plans: Plan[] = [];
  for (const filter of alternatives) {
    const plan = isDocument(filter) ? bestPlan(collection, { filter, collation: request.collation }) : null;
    if (!plan) return null;
    plans.push({ ...plan, sorted: false });
  }
  return plans;
}

/** Without a useful condition, an index may still give the order. */
function planForSort(collection: Collection, { sort, collation }: PlanRequest): Plan | null {
  if (!sort || Object.keys(sort).length === 0 || collation) return null;
  for (const index of collection.indexes) {
    if (index.special || index.sparse || index.partial || index.multikey || index.collation) continue;
    if (index.spec.hidden === true) continue;
    const backwards = sortDirection(index, 0, sort);
    if (backwards !== null) return { index, ranges: [ALL], sorted: true, backwards };
  }
  return null;
}

/** Whether the index's fields from `from` on are in the wanted order, forwards or backwards; null: they are not. */
function sortDirection(index: IndexDefinition, from: number, sort: Doc): boolean | null {
  const wanted = sortFields(sort);
  let backwards: boolean | null = null;
  for (let i = 0; i < wanted.length; i++) {
    const field = index.fields[from + i];
    if (!field || field.path !== wanted[i]![0]) return null;
    const turned = field.direction !== wanted[i]![1];
    if (backwards !== null && backwards !== turned) return null;
    backwards = turned;
  }
  return backwards;
}

function planWith(index: IndexDefinition, { filter, sort, collation }: PlanRequest): Plan | null {
  if (index.special || sameCollation(index.collation, collation) === false) return null;
  const conditions = conditionsByPath(filter);
  if (index.partial && !impliesPartial(index, filter)) return null;
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let equalities = 0;
  for (const { path, direction } of index.fields) {
    const values = equalityValues(conditions.get(path));
    if (!values || (index.sparse && values.includes(null)) || prefixes.length * values.length > MAX_RANGES) break;
    const keys = values.map((value) => encodeKey([value], [direction], index.collation));
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
    equalities++;
  }
  const next = index.fields[equalities];
  const bounds = next ? rangeOf(conditions.get(next.path) ?? [], index, next.direction) : null;
  if (equalities === 0 && !bounds) return null;
  const ranges = prefixes.flatMap((prefix) => (bounds ?? [WHOLE]).map((part) => within(prefix, part)));
  ranges.sort((a, b) => Buffer.compare(a.lower, b.lower));
  const backwards =
    sort && !index.multikey && !index.collation ? orderAfter(index, equalities, prefixes.length, sort) : null;
  return { index, ranges, sorted: backwards !== null, backwards: backwards ?? false };
}

/** Fields that are equal everywhere do not matter for the order. */
function orderAfter(index: IndexDefinition, equalities: number, prefixes: number, sort: Doc): boolean | null {
  if (prefixes > 1) return sortDirection(index, 0, sort);
  const fixed = new Set(index.fields.slice(0, equalities).map(({ path }) => path));
  const rest = Object.fromEntries(Object.entries(sort).filter(([path]) => !fixed.has(path)));
  if (Object.keys(rest).length === 0) return false;
  return sortDirection(index, equalities, rest);
}

function sameCollation(a: Collation | undefined, b: Collation | undefined): boolean {
  return JSON.stringify(a?.spec) === JSON.stringify(b?.spec);
}

/** Conditions that hold for every match, by path: those at the top and in `$and`. */
function conditionsByPath(filter: Doc, found = new Map<string, unknown[]>()): Map<string, unknown[]> {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === "$and" && Array.isArray(condition)) {
      for (const clause of condition) if (isDocument(clause)) conditionsByPath(clause, found);
    } else if (!name.startsWith("$")) {
      found.set(name, [...(found.get(name) ?? []), condition]);
    }
  }
  return found;
}

/** A partial index holds every match when the query repeats its filter's conditions, or is narrower in a simple way. */
function impliesPartial(index: IndexDefinition, filter: Doc): boolean {
  const given = conditionsByPath(filter);
  const wanted = index.spec.partialFilterExpression as Doc;
  return Object.entries(wanted).every(([path, condition]) => {
    const own = given.get(path);
    if (!own) return false;
    if (own.some((one) => JSON.stringify(one) === JSON.stringify(condition))) return true;
    const values = equalityValues(own);
    if (!values) return false;
    return values.every((value) => value !== null && index.partial!({ ...nested(path, value) }));
  });
}

function nested(path: string, value: unknown): Doc {
  return path.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as Doc;
}

/** The values a field must equal one of, when the conditions say so. */
function equalityValues(conditions: readonly unknown[] | undefined): unknown[] | null {
  for (const condition of conditions ?? []) {
    const values = !hasOperators(condition)
      ? [condition]
      : Object.hasOwn(condition, "$eq")
        ? [condition.$eq]
        : Array.isArray(condition.$in)
          ? condition.$in
          : null;
    if (values?.every(isSearchable)) return values as unknown[];
  }
  return null;
}

/** Arrays are indexed by their elements, and regular expressions match other values than themselves. */
const isSearchable = (value: unknown): boolean => {
  const rank = typeRank(value);
  return rank !== typeRank([]) && rank !== 13;
};

/** Bytes of one field's keys: from `lower` to before `upper`, as prefixes. */
interface Part {
  lower: Buffer;
  upper: Buffer | null;
}

const WHOLE: Part = { lower: Buffer.alloc(0), upper: null };

function within(prefix: Buffer, { lower, upper }: Part): KeyRange {
  return {
    lower: Buffer.concat([prefix, lower]),
    upper: upper ? Buffer.concat([prefix, upper]) : prefix.length === 0 ? null : afterPrefix(prefix),
  };
}

/** The keys that comparisons on a field leave; null when they say nothing an index could use. */
function rangeOf(conditions: readonly unknown[], index: IndexDefinition, direction: 1 | -1): Part[] | null {
  let low: unknown;
  let high: unknown;
  for (const condition of conditions) {
    const [own, other] = boundsOf(condition, index);
    low ??= own;
    // The elements of an array may fulfil each bound separately, so only one of them holds for a key.
    if (!(index.multikey && low !== undefined)) high ??= other;
  }
  if (low === undefined && high === undefined) return null;
  const known = low ?? high;
  if (low !== undefined && high !== undefined && keyType(low) !== keyType(high)) return null;
  const type = Buffer.from([direction === 1 ? keyType(known) : ~keyType(known) & 0xff]);
  const [from, to] = direction === 1 ? [low, high] : [high, low];
  const encode = (value: unknown): Buffer =>
    value instanceof Prefix ? value.key(direction) : encodeKey([value], [direction], index.collation);
  return [
    {
      lower: from === undefined ? type : encode(from),
      upper: afterPrefix(to === undefined ? type : encode(to)),
    },
  ];
}

/** All strings that begin with a text. */
class Prefix {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  key(direction: 1 | -1): Buffer {
    const whole = encodeKey([this.#text], [direction]);
    return whole.subarray(0, whole.length - 2); // without the end of the text
  }
}

const keyType = (bound: unknown): number => typeByte(bound instanceof Prefix ? "" : bound);

function boundsOf(condition: unknown, index: IndexDefinition): [low: unknown, high: unknown] {
  if (typeRank(condition) === 13) return prefixBounds(condition, undefined, index);
  if (!hasOperators(condition)) return [undefined, undefined];
  if (Object.hasOwn(condition, "$regex")) return prefixBounds(condition.$regex, condition.$options, index);
  const usable = (value: unknown): unknown =>
    value !== undefined && value !== null && isSearchable(value) && isOrdered(value, index) ? value : undefined;
  return [usable(condition.$gt ?? condition.$gte), usable(condition.$lt ?? condition.$lte)];
}

/** MinKey and MaxKey bound all types; a collation's strings are not stored in its order. */
function isOrdered(value: unknown, index: IndexDefinition): boolean {
  const rank = typeRank(value);
  return rank !== 1 && rank !== 127 && !(index.collation && rank === typeRank(""));
}

function prefixBounds(pattern: unknown, options: unknown, index: IndexDefinition): [unknown, unknown] {
  const prefix = index.collation ? "" : literalPrefix(compileRegExp(pattern, options));
  if (prefix === "" || index.multikey) return [undefined, undefined];
  return [new Prefix(prefix), new Prefix(prefix)];
}
