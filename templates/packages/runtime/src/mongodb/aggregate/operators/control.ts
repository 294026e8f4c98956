/** Literals, variables, conditions, logic and comparison. */
import { type Doc, isDocument } from "../../bson/values";
import { MongoError } from "../../errors";
import { textScoreOf } from "../../query/text-score";
import { compareValues } from "../../values/compare";
import {
  type Compiler,
  type Expression,
  isTrue,
  onArguments,
  onValues,
  type OperatorCompiler,
  type OperatorTable,
} from "../expressions";

const literal: OperatorCompiler = (operand) => () => operand;

const comparison = (holds: (order: number) => unknown): OperatorCompiler =>
  onArguments(2, ([a, b], _name, { collation }) => holds(compareMaybeMissing(a, b, collation)));

/** A missing value is below null here, unlike in a sort. */
function compareMaybeMissing(a: unknown, b: unknown, collation: Compiler["collation"]): number {
  if (a === undefined || b === undefined) {
    if (a === b) return 0;
    const other = a === undefined ? b : a;
    const order = compareValues(undefined, other, collation) || -1;
    return a === undefined ? order : -order;
  }
  return compareValues(a, b, collation);
}

function requireDocument(
  operand: unknown,
  name: string,
  fields: readonly string[],
  optional: readonly string[] = [],
): Doc {
  if (!isDocument(operand)) throw new MongoError("FailedToParse", `${name} only supports an object as its argument`);
  for (const key of Object.keys(operand)) {
    if (!fields.includes(key) && !optional.includes(key)) {
      throw new MongoError("FailedToParse", `Unrecognized parameter to ${name}: ${key}`);
    }
  }
  for (const field of fields) {
    if (!Object.hasOwn(operand, field)) throw new MongoError(17080, `Missing '${field}' parameter to ${name}`);
  }
  return operand;
}

const condition: OperatorCompiler = (operand, compiler, name) => {
  if (Array.isArray(operand) && operand.length !== 3) {
    throw new MongoError(16020, `Expression ${name} takes exactly 3 arguments. ${operand.length} were passed in.`);
  }
  const {
    if: test,
    then,
    else: otherwise,
  } = Array.isArray(operand)
    ? { if: operand[0] as unknown, then: operand[1] as unknown, else: operand[2] as unknown }
    : requireDocument(operand, name, ["if", "then", "else"]);
  const [a, b, c] = [test, then, otherwise].map((one) => compiler.compile(one)) as [Expression, Expression, Expression];
  return (scope) => (isTrue(a(scope)) ? b(scope) : c(scope));
};

const choice: OperatorCompiler = (operand, compiler, name) => {
  const { branches, default: fallback } = requireDocument(operand, name, ["branches"], ["default"]);
  if (!Array.isArray(branches)) throw new MongoError(40061, "$switch expected an array for 'branches'");
  const compiled = branches.map((branch) => {
    const { case: test, then } = requireDocument(branch, "$switch", ["case", "then"]);
    return [compiler.compile(test), compiler.compile(then)] as const;
  });
  const otherwise = Object.hasOwn(operand as Doc, "default") ? compiler.compile(fallback) : null;
  return (scope) => {
    const hit = compiled.find(([test]) => isTrue(test(scope)));
    if (hit) return hit[1](scope);
    if (otherwise) return otherwise(scope);
    throw new MongoError(40066, "$switch could not find a matching branch for an input, and no default was specified.");
  };
};

const letVariables: OperatorCompiler = (operand, compiler, name) => {
  const { vars, in: inner } = requireDocument(operand, name, ["vars", "in"]);
  const bindings = Object.entries(vars as Doc).map(([key, value]) => [key, compiler.compile(value)] as const);
  const body = compiler.compile(inner);
  return (scope) => {
    const variables = { ...scope.variables };
    for (const [key, value] of bindings) variables[key] = value(scope);
    return body({ ...scope, variables });
  };
};

const all: OperatorCompiler = (operand, compiler) => {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((one) => compiler.compile(one));
  return (scope) => tests.every((test) => isTrue(test(scope)));
};

const some: OperatorCompiler = (operand, compiler) => {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((one) => compiler.compile(one));
  return (scope) => tests.some((test) => isTrue(test(scope)));
};

const firstNonNull: OperatorCompiler = (operand, compiler, name) => {
  const given = Array.isArray(operand) ? operand : [operand];
  if (given.length < 2) {
    throw new MongoError(1257300, `${name} needs at least two arguments, had: ${given.length}`);
  }
  const candidates = given.map((one) => compiler.compile(one));
  return (scope) => {
    let value: unknown;
    for (const candidate of candidates) {
      value = candidate(scope);
      if (value !== null && value !== undefined) return value;
    }
    return value;
  };
};

export const CONTROL: OperatorTable = {
  $literal: literal,
  $const: literal,
  $expr: (operand, compiler) => compiler.compile(operand),
  $let: letVariables,
  $cond: condition,
  $switch: choice,
  $ifNull: firstNonNull,
  $and: all,
  $or: some,
  $not: onArguments(1, ([value]) => !isTrue(value)),
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cmp: comparison((order) => Math.sign(order)),
  $rand: () => () => Math.random(),
  $meta: (operand) => {
    if (operand !== "textScore") throw new MongoError(17308, `Unsupported argument to $meta: ${String(operand)}`);
    return ({ root }) => textScoreOf(root);
  },
  $allElementsTrue: onValues(([value], name) => elements(value, name).every(isTrue)),
  $anyElementTrue: onValues(([value], name) => elements(value, name).some(isTrue)),
};

function elements(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new MongoError(17040, `${name}'s argument must be an array`);
  return value;
}
