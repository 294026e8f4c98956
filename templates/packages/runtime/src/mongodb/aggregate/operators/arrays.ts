/** Arrays and sets. */
import { type Doc, isDocument, typeName } from "../../bson/values";
import { MongoError } from "../../errors";
import { compareValues, equalValues, identity } from "../../values/compare";
import { toInteger } from "../../values/numbers";
import { sortComparator } from "../../query/sort";
import { ACCUMULATORS } from "../accumulators";
import {
  type Compiler,
  isTrue,
  onArguments,
  onNamed,
  onValues,
  type OperatorCompiler,
  type OperatorTable,
} from "../expressions";

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

function requireArray(value: unknown, name: string, code = 28765): unknown[] {
  if (Array.isArray(value)) return value;
  throw new MongoError(code, `${name} requires an array, found: ${typeName(value)}`);
}

function requireInteger(value: unknown, name: string): number {
  const number = toInteger(value);
  if (number === null)
    throw new MongoError(28691, `${name}'s argument must be representable as a 32-bit integer: ${String(value)}`);
  return number;
}

/** `$map`, `$filter`: an expression for every element, with a variable for it. */
const overElements =
  (bodyName: "in" | "cond"): OperatorCompiler =>
  (operand, compiler, name) => {
    if (!isDocument(operand)) throw new MongoError(28646, `${name} only supports an object as its argument`);
    const body = operand[bodyName];
    if (body === undefined) throw new MongoError(28648, `Missing '${bodyName}' parameter to ${name}`);
    const input = compiler.compile(operand.input);
    const inner = compiler.compile(body);
    const limit = operand.limit === undefined ? null : compiler.compile(operand.limit);
    const variable = typeof operand.as === "string" ? operand.as : "this";
    return (scope) => {
      const value = input(scope);
      if (isNull(value)) return null;
      const items = requireArray(value, `input to ${name}`, 16883);
      const evaluate = (item: unknown): unknown =>
        inner({ ...scope, variables: { ...scope.variables, [variable]: item } });
      if (bodyName === "in") return items.map((item) => evaluate(item) ?? null);
      const kept = items.filter((item) => isTrue(evaluate(item)));
      const most = limit ? toInteger(limit(scope)) : null;
      return most === null ? kept : kept.slice(0, most);
    };
  };

const reduce: OperatorCompiler = (operand, compiler, name) => {
  if (!isDocument(operand)) throw new MongoError(40075, `${name} requires an object as an argument`);
  for (const key of ["input", "initialValue", "in"]) {
    if (!Object.hasOwn(operand, key)) throw new MongoError(40077, `${name} requires '${key}' to be specified`);
  }
  const [input, initial, inner] = [operand.input, operand.initialValue, operand.in].map((one) => compiler.compile(one));
  return (scope) => {
    const items = input!(scope);
    if (isNull(items)) return null;
    return requireArray(items, name, 40080).reduce(
      (value, item) => inner!({ ...scope, variables: { ...scope.variables, this: item, value } }),
      initial!(scope),
    );
  };
};

const elementAt = onArguments(2, ([array, position], name) => {
  if (isNull(array) || isNull(position)) return null;
  const items = requireArray(array, `${name}'s first argument`, 28689);
  const index = requireInteger(position, name);
  return items[index < 0 ? items.length + index : index];
});

const slice = onValues(([array, a, b], name) => {
  if (isNull(array) || isNull(a) || b === null) return null;
  const items = requireArray(array, name, 28724);
  const first = requireInteger(a, name);
  if (b === undefined) return first >= 0 ? items.slice(0, first) : items.slice(first);
  const count = requireInteger(b, name);
  if (count <= 0) throw new MongoError(28729, `Third argument to ${name} must be positive: ${count}`);
  const start = first < 0 ? Math.max(0, items.length + first) : first;
  return items.slice(start, start + count);
});

const indexOf = onValues(([array, wanted, start, end], name, { collation }) => {
  if (isNull(array)) return null;
  const items = requireArray(array, name, 40090);
  const from = start === undefined ? 0 : requireInteger(start, name);
  const to = end === undefined ? items.length : Math.min(items.length, requireInteger(end, name));
  for (let i = from; i < to; i++) if (equalValues(items[i], wanted, collation)) return i;
  return -1;
});

const range = onValues(([start, end, step], name) => {
  const [from, to, by] = [
    requireInteger(start, name),
    requireInteger(end, name),
    step === undefined ? 1 : requireInteger(step, name),
  ];
  if (by === 0) throw new MongoError(34449, `${name} requires a non-zero step value`);
  const count = Math.max(0, Math.ceil((to - from) / by));
  return Array.from({ length: count }, (_, i) => from + i * by);
});

const zip = onNamed(["inputs", "useLongestLength", "defaults"], ({ inputs, useLongestLength, defaults }, name) => {
  const lists = requireArray(inputs, name, 34461);
  if (lists.some(isNull)) return null;
  const arrays = lists.map((list) => requireArray(list, name, 34468));
  const lengths = arrays.map((list) => list.length);
  const length = isTrue(useLongestLength) ? Math.max(...lengths) : Math.min(...lengths);
  return Array.from({ length }, (_, i) => arrays.map((list, j) => list[i] ?? (defaults as unknown[])?.[j] ?? null));
});

const sortArray: OperatorCompiler = (operand, compiler, name) => {
  if (!isDocument(operand)) throw new MongoError(2942500, `${name} requires an object as an argument`);
  const input = compiler.compile(operand.input);
  const { sortBy } = operand;
  const compare = isDocument(sortBy)
    ? (a: unknown, b: unknown) => sortComparator(sortBy, compiler.collation)(asDocument(a), asDocument(b))
    : (a: unknown, b: unknown) => compareValues(a, b, compiler.collation) * (toInteger(sortBy) ?? 1);
  return (scope) => {
    const value = input(scope);
    return isNull(value) ? null : [...requireArray(value, name, 2942504)].sort(compare);
  };
};

const asDocument = (value: unknown): Doc => (isDocument(value) ? value : {});

const toPairs = onArguments(1, ([value], name) => {
  if (isNull(value)) return null;
  if (!isDocument(value)) throw new MongoError(40390, `${name} requires a document input, found: ${typeName(value)}`);
  return Object.entries(value).map(([k, v]) => ({ k, v }));
});

const fromPairs = onArguments(1, ([value], name) => {
  if (isNull(value)) return null;
  const result: Doc = {};
  for (const item of requireArray(value, name, 40386)) {
    const [key, inner] = Array.isArray(item) ? item : [(item as Doc).k, (item as Doc).v];
    if (typeof key !== "string") throw new MongoError(40394, `${name} requires a key of type string`);
    result[key] = inner;
  }
  return result;
});

const concat = onValues((values, name) =>
  values.some(isNull) ? null : values.flatMap((value) => requireArray(value, name, 28664)),
);

const setOperation = (apply: (sets: Map<string, unknown>[]) => unknown): OperatorCompiler =>
  onValues((values, name) => {
    if (values.some(isNull)) return null;
    return apply(
      values.map((value) => new Map(requireArray(value, name, 17043).map((item) => [identity(item), item]))),
    );
  });

const sortedValues = (set: Iterable<unknown>): unknown[] => [...set].sort((a, b) => compareValues(a, b));

/** Accumulators in a projection: of the elements of one array, or of the values given. */
const accumulated = (name: string): OperatorCompiler =>
  onValues((values, _name, compiler) => {
    const items = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
    return accumulate(name, items, compiler);
  });

function accumulate(name: string, items: readonly unknown[], { collation }: Compiler): unknown {
  const accumulator = ACCUMULATORS[name]!({ collation, limit: Infinity });
  for (const item of items) accumulator.add(item);
  return accumulator.result();
}

const endElement = (pick: (items: unknown[]) => unknown): OperatorCompiler =>
  onArguments(1, ([value], name) => (isNull(value) ? null : pick(requireArray(value, name, 28689))));

const someElements = (pick: (items: unknown[], n: number, compiler: Compiler) => unknown[]): OperatorCompiler =>
  onNamed(["input", "n"], ({ input, n }, name, compiler) =>
    isNull(input) ? null : pick(requireArray(input, name, 5788200), requireInteger(n, name), compiler),
  );

const present = (items: unknown[]): unknown[] => items.filter((item) => !isNull(item));

export const ARRAYS: OperatorTable = {
  $map: overElements("in"),
  $filter: overElements("cond"),
  $reduce: reduce,
  $arrayElemAt: elementAt,
  $first: endElement((items) => items[0]),
  $last: endElement((items) => items.at(-1)),
  $firstN: someElements((items, n) => items.slice(0, n)),
  $lastN: someElements((items, n) => items.slice(-n)),
  $minN: someElements((items, n) => sortedValues(present(items)).slice(0, n)),
  $maxN: someElements((items, n) => sortedValues(present(items)).reverse().slice(0, n)),
  $slice: slice,
  $indexOfArray: indexOf,
  $range: range,
  $zip: zip,
  $sortArray: sortArray,
  $objectToArray: toPairs,
  $arrayToObject: fromPairs,
  $concatArrays: concat,
  $isArray: onArguments(1, ([value]) => Array.isArray(value)),
  $size: onArguments(1, ([value]) => {
    if (Array.isArray(value)) return value.length;
    throw new MongoError(17124, `The argument to $size must be an array, but was of type: ${typeName(value)}`);
  }),
  $in: onArguments(2, ([wanted, array], name, { collation }) => {
    if (!Array.isArray(array)) {
      throw new MongoError(40081, `${name} requires an array as a second argument, found: ${typeName(array)}`);
    }
    return array.some((item) => equalValues(item, wanted, collation));
  }),
  $reverseArray: onArguments(1, ([value], name) =>
    isNull(value) ? null : [...requireArray(value, name, 34435)].reverse(),
  ),
  $setUnion: setOperation((sets) => sortedValues(new Map(sets.flatMap((set) => [...set])).values())),
  $setIntersection: setOperation(([first, ...others]) =>
    sortedValues([...(first ?? [])].filter(([key]) => others.every((set) => set.has(key))).map(([, item]) => item)),
  ),
  $setDifference: setOperation(([a, b]) => [...a!].filter(([key]) => !b!.has(key)).map(([, item]) => item)),
  $setEquals: setOperation(([a, ...others]) =>
    others.every((b) => a!.size === b.size && [...a!.keys()].every((key) => b.has(key))),
  ),
  $setIsSubset: setOperation(([a, b]) => [...a!.keys()].every((key) => b!.has(key))),
  $sum: accumulated("$sum"),
  $avg: accumulated("$avg"),
  $min: accumulated("$min"),
  $max: accumulated("$max"),
  $stdDevPop: accumulated("$stdDevPop"),
  $stdDevSamp: accumulated("$stdDevSamp"),
};
