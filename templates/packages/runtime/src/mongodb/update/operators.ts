/** What the update operators make of one value. */
import { type Doc, isDocument, Long, Timestamp, typeName } from "../bson/values";
import { badValue, failedToParse, typeMismatch } from "../errors";
import { elementPredicate, hasOperators, valuePredicate } from "../query/matcher";
import { sortComparator } from "../query/sort";
import { compareValues, equalValues } from "../values/compare";
import type { Collation } from "../values/collation";
import { calculate, integer, isNumeric, numberKind, toBigInt, toInteger, wider } from "../values/numbers";
import { compileRegExp } from "../query/regexp";

export interface OperatorContext {
  collation?: Collation | undefined;
  /** The document's _id, for messages. */
  id: unknown;
  path: string;
}

/** Returned for "take the field away". */
export const REMOVED: unique symbol = Symbol("removed");
/** Returned for "leave it as it is". */
export const UNCHANGED: unique symbol = Symbol("unchanged");

export type UpdateOperator = (old: unknown, operand: unknown, context: OperatorContext) => unknown;

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

function arithmetic(name: "$inc" | "$mul"): UpdateOperator {
  return (old, operand, { id, path }) => {
    if (!isNumeric(operand)) {
      const verb = name === "$inc" ? "increment" : "multiply";
      throw typeMismatch(`Cannot ${verb} with non-numeric argument: {${path}: ${shown(operand)}}`);
    }
    if (old === undefined) return name === "$inc" ? operand : calculate("multiply", operand, 0);
    if (!isNumeric(old)) {
      throw typeMismatch(
        `Cannot apply ${name} to a value of non-numeric type. {_id: ${shown(id)}} has the field '${path.split(".").at(-1)}' of non-numeric type ${typeName(old)}`,
      );
    }
    const result = calculate(name === "$inc" ? "add" : "multiply", old, operand);
    const kind = wider(numberKind(old), numberKind(operand));
    if ((kind === "int" || kind === "long") && numberKind(result) === "double") {
      throw badValue(
        `Failed to apply ${name} operations to current value (${String(old)}) for document {_id: ${shown(id)}}`,
      );
    }
    return result;
  };
}

const extreme =
  (sign: 1 | -1): UpdateOperator =>
  (old, operand, { collation }) =>
    old === undefined || compareValues(operand, old, collation) * sign > 0 ? operand : UNCHANGED;

function currentDate(_old: unknown, operand: unknown, { path }: OperatorContext): unknown {
  const type = isDocument(operand) ? operand.$type : operand;
  if (type === true || type === false || type === "date") return new Date();
  if (type === "timestamp") return new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
  throw badValue(
    `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}): ${path}`,
  );
}

function requireArray(old: unknown, name: "$push" | "$addToSet", { id, path }: OperatorContext): unknown[] {
  if (old === undefined) return [];
  if (Array.isArray(old)) return old;
  const shownId = `{_id: ${shown(id)}}`;
  if (name === "$addToSet") {
    throw badValue(
      `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeName(old)}`,
    );
  }
  throw badValue(`The field '${path}' must be an array but is of type ${typeName(old)} in document ${shownId}`);
}

function push(old: unknown, operand: unknown, context: OperatorContext): unknown {
  const items = [...requireArray(old, "$push", context)];
  if (!isDocument(operand) || !Object.hasOwn(operand, "$each")) return [...items, operand];
  const { $each, $position, $sort, $slice, ...rest } = operand;
  const unknown = Object.keys(rest)[0];
  if (unknown) throw badValue(`Unrecognized clause in $push: ${unknown}`);
  if (!Array.isArray($each))
    throw badValue(`The argument to $each in $push must be an array but it was of type: ${typeName($each)}`);
  const position = $position === undefined ? items.length : requireInteger($position, "$position");
  items.splice(position < 0 ? Math.max(0, items.length + position) : position, 0, ...($each as unknown[]));
  if ($sort !== undefined) items.sort(elementOrder($sort, context.collation));
  if ($slice === undefined) return items;
  const limit = requireInteger($slice, "$slice");
  return limit < 0 ? items.slice(limit) : items.slice(0, limit);
}

function requireInteger(value: unknown, clause: string): number {
  const number = toInteger(value);
  if (number === null)
    throw badValue(`The value for ${clause} must be an integer value but was given type: ${typeName(value)}`);
  return number;
}

function elementOrder(sort: unknown, collation: Collation | undefined): (a: unknown, b: unknown) => number {
  if (!isDocument(sort)) {
    const direction = toInteger(sort);
    if (direction !== 1 && direction !== -1) throw badValue("The $sort element value must be either 1 or -1");
    return (a, b) => compareValues(a, b, collation) * direction;
  }
  const compare = sortComparator(sort, collation);
  return (a, b) => compare(isDocument(a) ? a : {}, isDocument(b) ? b : {});
}

function addToSet(old: unknown, operand: unknown, context: OperatorContext): unknown {
  const items = requireArray(old, "$addToSet", context);
  const several = isDocument(operand) && Object.hasOwn(operand, "$each");
  const additions = several ? (operand as Doc).$each : [operand];
  if (!Array.isArray(additions)) {
    throw typeMismatch(`The argument to $each in $addToSet must be an array but it was of type ${typeName(additions)}`);
  }
  const result = [...items];
  for (const addition of additions) {
    if (!result.some((item) => equalValues(item, addition, context.collation))) result.push(addition);
  }
  return result;
}

function pop(old: unknown, operand: unknown, context: OperatorContext): unknown {
  const end = toInteger(operand);
  if (end !== 1 && end !== -1) throw failedToParse(`$pop expects 1 or -1, found: ${shown(operand)}`);
  if (old === undefined) return UNCHANGED;
  if (!Array.isArray(old)) {
    throw typeMismatch(`Path '${context.path}' contains an element of non-array type '${typeName(old)}'`);
  }
  return end === 1 ? old.slice(0, -1) : old.slice(1);
}

function pull(old: unknown, operand: unknown, context: OperatorContext): unknown {
  if (old === undefined) return UNCHANGED;
  if (!Array.isArray(old)) throw badValue("Cannot apply $pull to a non-array value");
  const test = pullCondition(operand, context.collation);
  return old.filter((item) => !test(item));
}

/** A document is a query on the elements' fields and not a value to be equal to. */
function pullCondition(operand: unknown, collation: Collation | undefined): (item: unknown) => boolean {
  if (hasOperators(operand)) return valuePredicate(operand, { collation });
  if (isDocument(operand)) {
    const test = elementPredicate(operand, { collation });
    return (item) => isDocument(item) && test(item);
  }
  if (typeName(operand) === "regex") {
    const pattern = compileRegExp(operand);
    return (item) => typeof item === "string" && pattern.test(item);
  }
  return (item) => equalValues(item, operand, collation);
}

function pullAll(old: unknown, operand: unknown, context: OperatorContext): unknown {
  if (!Array.isArray(operand))
    throw badValue(`$pullAll requires an array argument but was given a ${typeName(operand)}`);
  if (old === undefined) return UNCHANGED;
  if (!Array.isArray(old)) throw badValue("Cannot apply $pull to a non-array value");
  return old.filter((item) => !operand.some((value) => equalValues(item, value, context.collation)));
}

function bit(old: unknown, operand: unknown, { path }: OperatorContext): unknown {
  if (!isDocument(operand))
    throw badValue(`The $bit modifier is not compatible with a ${typeName(operand)}. {${path}: …}`);
  const current = old ?? 0;
  if (!isNumeric(current) || !["int", "long"].includes(numberKind(current))) {
    throw badValue(
      `Cannot apply $bit to a value of non-integral type. The field '${path}' is of type ${typeName(old)}`,
    );
  }
  let bits = toBigInt(current);
  let kind = numberKind(current);
  for (const [name, value] of Object.entries(operand)) {
    if (!isNumeric(value)) throw badValue("The $bit modifier field must be an Integer(32/64 bit)");
    kind = wider(kind, numberKind(value));
    const other = toBigInt(value);
    if (name === "and") bits &= other;
    else if (name === "or") bits |= other;
    else if (name === "xor") bits ^= other;
    else throw badValue(`The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
  }
  return kind === "long" ? Long.fromBigInt(BigInt.asIntN(64, bits)) : integer(BigInt.asIntN(64, bits));
}

export const UPDATE_OPERATORS: Record<string, UpdateOperator> = {
  $set: (_old, operand) => operand,
  $setOnInsert: (_old, operand) => operand,
  $unset: () => REMOVED,
  $inc: arithmetic("$inc"),
  $mul: arithmetic("$mul"),
  $min: extreme(-1),
  $max: extreme(1),
  $currentDate: currentDate,
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
  $bit: bit,
};
