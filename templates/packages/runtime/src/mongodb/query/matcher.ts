/**
 * Query documents as predicates. Conditions are compiled once and then asked of every candidate, on values with their exact
 * types.
 */
import { compileExpression, evaluateTruth } from "../aggregate/expressions";
import { compileJavaScript } from "../aggregate/javascript";
import { type Doc, isDocument, BSONRegExp } from "../bson/values";
import { badValue, MongoError } from "../errors";
import { compareValues, equalValues, typeRank } from "../values/compare";
import type { Collation } from "../values/collation";
import { splitPath, valuesAt } from "../values/paths";
import { geoPredicate, GEO_OPERATORS } from "./geo";
import { compileSchema } from "./json-schema";
import { arrayPredicates, bitsPredicate, modPredicate, typePredicate } from "./operators";
import { compileRegExp, matchesRegExp } from "./regexp";

export type Predicate = (document: Doc) => boolean;
/** A condition on one value; the caller goes through arrays. */
export type ValuePredicate = (value: unknown) => boolean;

export interface MatchOptions {
  collation?: Collation | undefined;
  /** Variables of `let`, for `$expr`. */
  variables?: Record<string, unknown> | undefined;
  /** How `$text` is answered; without it, it is refused where it stands. */
  text?: ((specification: Doc) => Predicate) | undefined;
}

/** Compiles a query document. */
export function compileQuery(filter: unknown, options: MatchOptions = {}): Predicate {
  if (!isDocument(filter)) throw badValue("the match filter must be an expression in an object");
  const predicates = Object.entries(filter).map(([name, condition]) =>
    name.startsWith("$") ? topLevelOperator(name, condition, options) : fieldPredicate(name, condition, options),
  );
  return allOf(predicates);
}

function allOf<T>(predicates: readonly ((value: T) => boolean)[]): (value: T) => boolean {
  if (predicates.length === 0) return () => true;
  if (predicates.length === 1) return predicates[0]!;
  return (value) => predicates.every((predicate) => predicate(value));
}

function topLevelOperator(name: string, condition: unknown, options: MatchOptions): Predicate {
  switch (name) {
    case "$and":
      return allOf(clauses(name, condition, options));
    case "$or": {
      const alternatives = clauses(name, condition, options);
      return (document) => alternatives.some((predicate) => predicate(document));
    }
    case "$nor": {
      const alternatives = clauses(name, condition, options);
      return (document) => !alternatives.some((predicate) => predicate(document));
    }
    case "$expr": {
      const expression = compileExpression(condition, options);
      return (document) => evaluateTruth(expression, document, options.variables);
    }
    case "$where": {
      const test = compileJavaScript(condition);
      return (document) => Boolean(test.call(document));
    }
    case "$jsonSchema":
      return compileSchema(condition);
    case "$text":
      if (!options.text) throw new MongoError("IndexNotFound", "text index required for $text query");
      return options.text(condition as Doc);
    case "$comment":
      return () => true;
    case "$alwaysTrue":
      return () => true;
    case "$alwaysFalse":
      return () => false;
    case "$sampleRate": {
      const rate = Number(condition);
      return () => Math.random() < rate;
    }
    default:
      throw badValue(
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function clauses(name: string, condition: unknown, options: MatchOptions): Predicate[] {
  if (!Array.isArray(condition)) throw badValue(`${name} argument must be an array`);
  if (condition.length === 0) throw badValue(`${name} argument must be a non-empty array`);
  return condition.map((clause) => {
    if (!isDocument(clause)) throw badValue(`${name} argument's entries must be objects`);
    return compileQuery(clause, options);
  });
}

/** Whether a condition is `{$gt: 1, …}` and not a document to be compared with. */
export function hasOperators(condition: unknown): condition is Doc {
  if (!isDocument(condition)) return false;
  const first = Object.keys(condition)[0];
  // A DBRef is a value.
  return first !== undefined && first.startsWith("$") && first !== "$ref" && first !== "$id" && first !== "$db";
}

function fieldPredicate(path: string, condition: unknown, options: MatchOptions): Predicate {
  const parts = splitPath(path);
  const test = conditionOnValues(condition, options, path);
  return (document) => test(valuesAt(document, parts));
}

/** A condition on all the values a path leads to. */
type ValuesPredicate = (values: readonly unknown[]) => boolean;

function conditionOnValues(condition: unknown, options: MatchOptions, path: string): ValuesPredicate {
  if (!hasOperators(condition)) {
    return isRegExp(condition) ? anyElement(equalsOrMatches(condition)) : equality(condition, options);
  }
  const operators = Object.keys(condition);
  const predicates: ValuesPredicate[] = [];
  for (const name of operators) {
    if (name === "$options" || (name === "$maxDistance" && operators.some((other) => GEO_OPERATORS.has(other))))
      continue;
    if (name === "$minDistance") continue;
    predicates.push(operatorOnValues(name, condition[name], condition, options, path));
  }
  if (operators.includes("$options") && !operators.includes("$regex")) throw badValue("$options needs a $regex");
  return allOf(predicates);
}

function operatorOnValues(
  name: string,
  operand: unknown,
  siblings: Doc,
  options: MatchOptions,
  path: string,
): ValuesPredicate {
  switch (name) {
    case "$eq":
      return equality(operand, options);
    case "$ne":
      return not(equality(refuseRegExp(name, operand), options));
    case "$in":
      return anyOf(operand, name, options);
    case "$nin":
      return not(anyOf(operand, name, options));
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return ordering(name, refuseRegExp(name, operand), options);
    case "$not":
      return not(negated(operand, options, path));
    case "$exists": {
      const wanted = isTruthy(operand);
      return (values) => values.some((value) => value !== undefined) === wanted;
    }
    case "$regex": {
      const pattern = compileRegExp(operand, siblings.$options);
      return anyElement((value) => matchesRegExp(pattern, value));
    }
    case "$type":
      return anyElement(typePredicate(operand));
    case "$mod":
      return anyElement(modPredicate(operand));
    case "$bitsAllSet":
    case "$bitsAllClear":
    case "$bitsAnySet":
    case "$bitsAnyClear":
      return anyElement(bitsPredicate(name, operand));
    case "$expr":
      throw badValue("$expr can only be applied to the top-level document");
    default:
      return arrayOrGeoOperator(name, operand, siblings, options, path);
  }
}

function arrayOrGeoOperator(
  name: string,
  operand: unknown,
  siblings: Doc,
  options: MatchOptions,
  path: string,
): ValuesPredicate {
  if (GEO_OPERATORS.has(name)) {
    const test = geoPredicate(name, operand, siblings);
    return (values) => values.some(test);
  }
  const whole = arrayPredicates(name, operand, {
    elementMatches: (condition) => elementPredicate(condition, options),
    valuesMatch: (condition) => conditionOnValues(condition, options, path),
  });
  if (!whole) throw badValue(`unknown operator: ${name}`);
  return (values) => values.some(whole);
}

const not =
  (predicate: ValuesPredicate): ValuesPredicate =>
  (values) =>
    !predicate(values);

function negated(operand: unknown, options: MatchOptions, path: string): ValuesPredicate {
  if (isRegExp(operand)) return anyElement(equalsOrMatches(operand));
  if (!isDocument(operand)) throw badValue("$not needs a regex or a document");
  if (Object.keys(operand).length === 0) throw badValue("$not cannot be empty");
  if (!hasOperators(operand)) throw badValue(`unknown operator: ${Object.keys(operand)[0]}`);
  return conditionOnValues(operand, options, path);
}

/** Whether any value, or any element of an array among them, fulfils the condition. */
function anyElement(test: ValuePredicate): ValuesPredicate {
  return (values) => values.some((value) => test(value) || (Array.isArray(value) && value.some(test)));
}

function equality(wanted: unknown, options: MatchOptions): ValuesPredicate {
  return anyElement(equalTo(wanted, options));
}

function equalTo(wanted: unknown, { collation }: MatchOptions): ValuePredicate {
  if (wanted === null) return (value) => value === null || value === undefined;
  if (typeof wanted === "string" && !collation) return (value) => value === wanted;
  return (value) => value !== undefined && equalValues(value, wanted, collation);
}

const isRegExp = (value: unknown): boolean => value instanceof BSONRegExp || value instanceof RegExp;

function equalsOrMatches(wanted: unknown): ValuePredicate {
  const pattern = compileRegExp(wanted);
  return (value) => matchesRegExp(pattern, value) || (isRegExp(value) && equalValues(value, wanted));
}

function refuseRegExp(name: string, operand: unknown): unknown {
  if (isRegExp(operand)) throw badValue(`Can't have RegEx as arg to predicate over field '${name}'.`);
  return operand;
}

function anyOf(operand: unknown, name: string, options: MatchOptions): ValuesPredicate {
  if (!Array.isArray(operand)) throw badValue(`${name} needs an array`);
  const tests = operand.map((wanted): ValuePredicate => {
    if (hasOperators(wanted)) throw badValue(`cannot nest $ under ${name}`);
    return isRegExp(wanted) ? equalsOrMatches(wanted) : equalTo(wanted, options);
  });
  const strings = new Set<unknown>(options.collation ? [] : operand.filter((wanted) => typeof wanted === "string"));
  if (strings.size === operand.length) return anyElement((value) => strings.has(value));
  return anyElement((value) => tests.some((test) => test(value)));
}

const HOLDS: Record<string, (order: number) => boolean> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** Ranges stay within the operand's type, except those that begin or end with MinKey or MaxKey. */
function ordering(name: string, operand: unknown, options: MatchOptions): ValuesPredicate {
  const holds = HOLDS[name]!;
  const rank = typeRank(operand);
  const anyType = rank === 1 || rank === 127;
  if (operand === null) return name.endsWith("e") ? equality(null, options) : () => false;
  if (isNaNValue(operand)) return name.endsWith("e") ? equality(operand, options) : () => false;
  return anyElement((value) => {
    if (value === undefined || (!anyType && typeRank(value) !== rank) || isNaNValue(value)) return false;
    return holds(compareValues(value, operand, options.collation));
  });
}

const isNaNValue = (value: unknown): boolean => Number.isNaN(value) || String(value) === "NaN";

/** What `$elemMatch` and `$pull` ask of one element: conditions on its fields, or operators on itself. */
export function elementPredicate(condition: unknown, options: MatchOptions): ValuePredicate {
  if (!isDocument(condition)) throw badValue("$elemMatch needs an Object");
  const first = Object.keys(condition)[0];
  const onFields = first === undefined || !hasOperators(condition) || ["$and", "$or", "$nor", "$expr"].includes(first);
  if (onFields) {
    const test = compileQuery(condition, options);
    // An element that is an array is a document whose fields are numbers.
    return (value) => (isDocument(value) || Array.isArray(value)) && test(value as Doc);
  }
  const test = conditionOnValues(condition, options, "");
  return (value) => test([value]);
}

/** A condition as it stands after a field's name, asked of a single value. */
export function valuePredicate(condition: unknown, options: MatchOptions = {}): ValuePredicate {
  const test = conditionOnValues(condition, options, "");
  return (value) => test([value]);
}

export function isTruthy(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return Number(value) !== 0 || typeof value === "string";
}
