/**
 * Aggregation expressions. They are compiled to functions once and then evaluated for every document, on values with their exact
 * types. Variables, paths, control flow, numbers, comparison and arrays are done here and in operators/; dates, regular
 * expressions, trigonometry and the like are left to the query library (operators/library.ts).
 */
import { type Doc, isDocument, setField } from "../bson/values";
import { MongoError } from "../errors";
import type { Collation } from "../values/collation";
import { fieldOf } from "../values/paths";
import { isNumeric, toDouble } from "../values/numbers";
import { ARITHMETIC } from "./operators/arithmetic";
import { ARRAYS } from "./operators/arrays";
import { CONTROL } from "./operators/control";
import { DOCUMENTS } from "./operators/documents";
import { LIBRARY } from "./operators/library";
import { STRINGS } from "./operators/strings";
import { TYPES } from "./operators/types";

/** What an expression is evaluated with. */
export interface Scope {
  /** `$$ROOT` and, unless it is rebound, `$$CURRENT`. */
  root: unknown;
  variables: Readonly<Record<string, unknown>>;
}

/** A compiled expression; `undefined` is a missing value. */
export type Expression = (scope: Scope) => unknown;

export interface ExpressionOptions {
  collation?: Collation | undefined;
}

/** What an operator's compiler can use. */
export interface Compiler {
  readonly collation: Collation | undefined;
  compile(expression: unknown): Expression;
}

/** Compiles the operand of one operator. */
export type OperatorCompiler = (operand: unknown, compiler: Compiler, name: string) => Expression;
export type OperatorTable = Record<string, OperatorCompiler>;

/** Operators whose arguments are all evaluated before the operator is. */
export function onValues(apply: (values: unknown[], name: string, compiler: Compiler) => unknown): OperatorCompiler {
  return (operand, compiler, name) => {
    const expressions = (Array.isArray(operand) ? operand : [operand]).map((one) => compiler.compile(one));
    return (scope) =>
      apply(
        expressions.map((expression) => expression(scope)),
        name,
        compiler,
      );
  };
}

/** Like `onValues`, for operators that take an exact number of arguments. */
export function onArguments(
  count: number,
  apply: (values: unknown[], name: string, compiler: Compiler) => unknown,
): OperatorCompiler {
  const compileAny = onValues(apply);
  return (operand, compiler, name) => {
    const given = Array.isArray(operand) ? operand.length : 1;
    if (given !== count) {
      throw new MongoError(16020, `Expression ${name} takes exactly ${count} arguments. ${given} were passed in.`);
    }
    return compileAny(operand, compiler, name);
  };
}

/** Operators that take a document of named arguments. */
export function onNamed(
  allowed: readonly string[],
  apply: (values: Doc, name: string, compiler: Compiler) => unknown,
): OperatorCompiler {
  return (operand, compiler, name) => {
    if (!isDocument(operand)) throw new MongoError("FailedToParse", `${name} requires an object as an argument`);
    const unknown = Object.keys(operand).find((key) => !allowed.includes(key));
    if (unknown) throw new MongoError("FailedToParse", `${name} found an unknown argument: ${unknown}`);
    const expressions = Object.entries(operand).map(([key, value]) => [key, compiler.compile(value)] as const);
    return (scope) => apply(Object.fromEntries(expressions.map(([key, value]) => [key, value(scope)])), name, compiler);
  };
}

const OPERATORS = new Map<string, OperatorCompiler>(
  [CONTROL, ARITHMETIC, ARRAYS, DOCUMENTS, STRINGS, TYPES, LIBRARY].flatMap((table) => Object.entries(table)),
);

/** Compiles an expression. */
export function compileExpression(expression: unknown, options: ExpressionOptions = {}): Expression {
  const compiler: Compiler = { collation: options.collation, compile: (inner) => compile(inner, compiler) };
  return compiler.compile(expression);
}

function compile(expression: unknown, compiler: Compiler): Expression {
  if (typeof expression === "string" && expression.startsWith("$")) return compilePath(expression);
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compiler.compile(item));
    return (scope) => items.map((item) => item(scope) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const names = Object.keys(expression);
  const operator = names.find((name) => name.startsWith("$"));
  if (operator === undefined) return compileDocument(expression, compiler);
  if (names.length !== 1) {
    throw new MongoError(
      15983,
      `an object representing an expression must have exactly one field: ${JSON.stringify(expression)}`,
    );
  }
  const compileOperator = OPERATORS.get(operator);
  if (!compileOperator) throw new MongoError("InvalidPipelineOperator", `Unrecognized expression '${operator}'`);
  return compileOperator(expression[operator], compiler, operator);
}

function compileDocument(document: Doc, compiler: Compiler): Expression {
  const fields = Object.entries(document).map(([name, value]) => {
    if (name.includes(".")) throw new MongoError(16405, "FieldPath field names may not contain '.'.");
    return [name, compiler.compile(value)] as const;
  });
  return (scope) => {
    const result: Doc = {};
    for (const [name, expression] of fields) {
      const value = expression(scope);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}

/** `$field.path`, `$$variable.path`. */
function compilePath(text: string): Expression {
  if (!text.startsWith("$$")) {
    const parts = pathParts(text.slice(1), text);
    return (scope) => followPath("CURRENT" in scope.variables ? scope.variables.CURRENT : scope.root, parts, 0);
  }
  const [variable = "", ...parts] = text.slice(2).split(".");
  if (variable === "") throw new MongoError("FailedToParse", "empty variable names are not allowed");
  switch (variable) {
    case "ROOT":
      return (scope) => followPath(scope.root, parts, 0);
    case "CURRENT":
      return (scope) => followPath("CURRENT" in scope.variables ? scope.variables.CURRENT : scope.root, parts, 0);
    case "REMOVE":
      return () => undefined;
    case "NOW":
      return (scope) => scope.variables.NOW ?? new Date();
    case "KEEP":
    case "PRUNE":
    case "DESCEND":
      return () => text;
    default:
      return (scope) => {
        if (!Object.hasOwn(scope.variables, variable)) {
          throw new MongoError(17276, `Use of undefined variable: ${variable}`);
        }
        return followPath(scope.variables[variable], parts, 0);
      };
  }
}

function pathParts(path: string, whole: string): string[] {
  if (path === "") throw new MongoError(16872, "'$' by itself is not a valid FieldPath");
  const parts = path.split(".");
  if (parts.some((part) => part === "")) {
    throw new MongoError(15998, `FieldPath field names may not be empty strings: ${whole}`);
  }
  return parts;
}

/** In an expression a path goes through every element of an array; a number is a field's name and not a position. */
export function followPath(value: unknown, parts: readonly string[], from: number): unknown {
  for (let i = from; i < parts.length; i++) {
    if (Array.isArray(value)) {
      const found: unknown[] = [];
      for (const item of value) {
        const inner = isDocument(item) || Array.isArray(item) ? followPath(item, parts, i) : undefined;
        if (inner !== undefined) found.push(inner);
      }
      return found;
    }
    if (!isDocument(value)) return undefined;
    value = fieldOf(value, parts[i]!);
  }
  return value;
}

/** Evaluates an expression for one document. */
export function evaluate(expression: Expression, root: unknown, variables: Record<string, unknown> = {}): unknown {
  return expression({ root, variables });
}

/** Whether an expression holds for a document. */
export function evaluateTruth(expression: Expression, root: unknown, variables?: Record<string, unknown>): boolean {
  return isTrue(evaluate(expression, root, variables));
}

/** What counts as true: everything but false, null, a missing value and zero. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !isNumeric(value) || toDouble(value) !== 0;
}
