/** Accumulators of `$group` and its relatives. */
import { Decimal128, type Doc, isDocument } from "../bson/values";
import { MongoError } from "../errors";
import { compareValues, identity } from "../values/compare";
import type { Collation } from "../values/collation";
import { calculate, divideDecimals, double, isNumeric, type Numeric, toDouble } from "../values/numbers";

export interface AccumulatorOptions {
  collation?: Collation | undefined;
  /** How many values `$firstN` and the like keep. */
  limit: number;
  /** The order of `$top` and `$bottom`. */
  compare?: ((a: unknown, b: unknown) => number) | undefined;
}

/** Takes a group's values one by one. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

export type AccumulatorMaker = (options: AccumulatorOptions) => Accumulator;

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

function sum(): Accumulator {
  let total: Numeric = 0;
  return {
    add: (value) => {
      if (isNumeric(value)) total = calculate("add", total, value);
    },
    result: () => total,
  };
}

function average(): Accumulator {
  const total = sum();
  let count = 0;
  return {
    add: (value) => {
      if (!isNumeric(value)) return;
      total.add(value);
      count++;
    },
    result: () => {
      if (count === 0) return null;
      const all = total.result() as Numeric;
      return all instanceof Decimal128 ? divideDecimals(all, count) : double(toDouble(all) / count);
    },
  };
}

const extreme =
  (sign: 1 | -1): AccumulatorMaker =>
  ({ collation }) => {
    let best: unknown = null;
    return {
      add: (value) => {
        if (isNull(value)) return;
        if (best === null || compareValues(value, best, collation) * sign > 0) best = value;
      },
      result: () => best,
    };
  };

function first(): Accumulator {
  let kept: { value: unknown } | null = null;
  return {
    add: (value) => {
      kept ??= { value: value ?? null };
    },
    result: () => kept?.value ?? null,
  };
}

function last(): Accumulator {
  let kept: unknown = null;
  return {
    add: (value) => {
      kept = value ?? null;
    },
    result: () => kept,
  };
}

function push(): Accumulator {
  const items: unknown[] = [];
  return {
    add: (value) => {
      if (value !== undefined) items.push(value);
    },
    result: () => items,
  };
}

function addToSet(): Accumulator {
  const items = new Map<string, unknown>();
  return {
    add: (value) => {
      if (value !== undefined && !items.has(identity(value))) items.set(identity(value), value);
    },
    result: () => [...items.values()],
  };
}

function mergeObjects(): Accumulator {
  const merged: Doc = {};
  return {
    add: (value) => {
      if (isNull(value)) return;
      if (!isDocument(value)) throw new MongoError(40400, "$mergeObjects requires object inputs");
      Object.assign(merged, value);
    },
    result: () => merged,
  };
}

/** Welford's way of computing a variance in one pass. */
const deviation =
  (sample: boolean): AccumulatorMaker =>
  () => {
    let [count, mean, squares] = [0, 0, 0];
    return {
      add: (value) => {
        if (!isNumeric(value)) return;
        count++;
        const delta = toDouble(value) - mean;
        mean += delta / count;
        squares += delta * (toDouble(value) - mean);
      },
      result: () => {
        const divisor = sample ? count - 1 : count;
        return divisor > 0 ? double(Math.sqrt(squares / divisor)) : null;
      },
    };
  };

const several =
  (choose: (items: unknown[], options: AccumulatorOptions) => unknown[]): AccumulatorMaker =>
  (options) => {
    const items: unknown[] = [];
    return {
      add: (value) => void items.push(value ?? null),
      result: () => choose(items, options),
    };
  };

const sorted = (items: unknown[], sign: 1 | -1, { collation, limit }: AccumulatorOptions): unknown[] =>
  items
    .filter((item) => !isNull(item))
    .sort((a, b) => compareValues(a, b, collation) * sign)
    .slice(0, limit);

/** `$top` and its relatives are given `{key, output}` pairs. */
const ranked = (items: unknown[], { compare, limit }: AccumulatorOptions, end: "top" | "bottom"): unknown[] => {
  const pairs = (items as { key: unknown; output: unknown }[]).sort((a, b) => compare!(a.key, b.key));
  return (end === "top" ? pairs.slice(0, limit) : pairs.slice(-limit)).map(({ output }) => output ?? null);
};

const only =
  (maker: AccumulatorMaker): AccumulatorMaker =>
  (options) => {
    const inner = maker({ ...options, limit: 1 });
    return { add: (value) => inner.add(value), result: () => (inner.result() as unknown[])[0] ?? null };
  };

const top = several((items, options) => ranked(items, options, "top"));
const bottom = several((items, options) => ranked(items, options, "bottom"));

export const ACCUMULATORS: Record<string, AccumulatorMaker> = {
  $sum: sum,
  $avg: average,
  $min: extreme(-1),
  $max: extreme(1),
  $first: first,
  $last: last,
  $push: push,
  $addToSet: addToSet,
  $mergeObjects: mergeObjects,
  $stdDevPop: deviation(false),
  $stdDevSamp: deviation(true),
  $firstN: several((items, { limit }) => items.slice(0, limit)),
  $lastN: several((items, { limit }) => items.slice(-limit)),
  $minN: several((items, options) => sorted(items, 1, options)),
  $maxN: several((items, options) => sorted(items, -1, options)),
  $top: only(top),
  $topN: top,
  $bottom: only(bottom),
  $bottomN: bottom,
};
