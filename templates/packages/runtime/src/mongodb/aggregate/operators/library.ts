/**
 * Operators that the query library (mingo) evaluates: dates, regular expressions, trigonometry, bits. Their arguments are evaluated
 * here first and handed over as literals, with numbers as plain ones.
 */
import { Context, evalExpr } from "mingo/core";
import * as library from "mingo/operators/expression";
import { Decimal128, type Doc, Double, isDocument, Long, BSONRegExp, ObjectId } from "../../bson/values";
import { MongoError } from "../../errors";
import { compileRegExp } from "../../query/regexp";
import { toDouble } from "../../values/numbers";
import type { Expression, OperatorCompiler, OperatorTable } from "../expressions";

const DATES = [
  "$year",
  "$month",
  "$week",
  "$dayOfMonth",
  "$dayOfWeek",
  "$dayOfYear",
  "$hour",
  "$minute",
  "$second",
  "$millisecond",
  "$isoWeek",
  "$isoWeekYear",
  "$isoDayOfWeek",
  "$dateAdd",
  "$dateSubtract",
  "$dateDiff",
  "$dateTrunc",
  "$dateToString",
  "$dateToParts",
  "$dateFromParts",
  "$dateFromString",
];
const OTHERS = [
  "$regexMatch",
  "$regexFind",
  "$regexFindAll",
  "$sin",
  "$cos",
  "$tan",
  "$asin",
  "$acos",
  "$atan",
  "$atan2",
  "$sinh",
  "$cosh",
  "$tanh",
  "$asinh",
  "$acosh",
  "$atanh",
  "$degreesToRadians",
  "$radiansToDegrees",
  "$bitAnd",
  "$bitOr",
  "$bitXor",
  "$bitNot",
  "$median",
  "$percentile",
];

/** A value as the library knows it: every number is a JavaScript number, a regular expression a RegExp. */
export function plainValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Long || value instanceof Double || value instanceof Decimal128) return toDouble(value);
  if (value instanceof BSONRegExp) return compileRegExp(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainValue(inner)]));
}

const CONTEXT = Context.init({
  expression: Object.fromEntries(
    ["$literal", ...DATES, ...OTHERS].map((name) => [name, (library as unknown as Record<string, never>)[name]!]),
  ),
});

function call(name: string, argument: unknown): unknown {
  try {
    return evalExpr({}, { [name]: argument } as never, { context: CONTEXT, scriptEnabled: false } as never);
  } catch (error) {
    if (error instanceof MongoError) throw error;
    throw new MongoError("BadValue", error instanceof Error ? error.message : `${name} failed`);
  }
}

const asLiteral = (value: unknown): unknown => ({ $literal: plainValue(value) });

const delegate: OperatorCompiler = (operand, compiler, name) => {
  const isDate = DATES.includes(name);
  if (isDocument(operand) && !Object.keys(operand).some((key) => key.startsWith("$"))) {
    const named = Object.entries(operand).map(([key, value]): [string, Expression] => [key, compiler.compile(value)]);
    return (scope) => {
      const values: Doc = Object.fromEntries(named.map(([key, expression]) => [key, expression(scope)]));
      const given = isDate ? dateArguments(values, name) : values;
      if (given === null) return null;
      return call(name, Object.fromEntries(Object.entries(given).map(([key, value]) => [key, asLiteral(value)])));
    };
  }
  const single = !Array.isArray(operand);
  const expressions = (single ? [operand] : operand).map((one) => compiler.compile(one));
  return (scope) => {
    const values = expressions.map((expression) => expression(scope));
    if (isDate) return dateOfOne(name, values[0]);
    return call(name, single ? asLiteral(values[0]) : values.map(asLiteral));
  };
};

/** `{$year: "$at"}`: a date may stand as an ObjectId, which holds the time when it was made. */
function dateOfOne(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const date = asDate(value);
  if (!(date instanceof Date)) throw new MongoError(16006, `can't convert from BSON type to Date (${name})`);
  return call(name, asLiteral(date));
}

const asDate = (value: unknown): unknown => (value instanceof ObjectId ? value.getTimestamp() : value);

/** The library takes time zones as offsets; a name is one for a given moment. Null: a null argument makes the result null. */
function dateArguments(values: Doc, name: string): Doc | null {
  const result: Doc = { ...values };
  for (const key of ["date", "startDate", "endDate"]) {
    if (!Object.hasOwn(result, key)) continue;
    result[key] = asDate(result[key]);
    if ((result[key] === null || result[key] === undefined) && name !== "$dateToString") return null;
  }
  if (!Object.hasOwn(values, "timezone")) return result;
  if (values.timezone === null || values.timezone === undefined) return null;
  const moment = result.date ?? result.startDate;
  result.timezone = zoneOffset(String(values.timezone), moment instanceof Date ? moment : new Date(), name);
  return result;
}

const OFFSET = /^[+-]\d{2}(?::?\d{2})?$/;

/** "+02:00" for a zone's name at a moment. */
function zoneOffset(zone: string, moment: Date, name: string): string {
  if (OFFSET.test(zone)) return zone;
  try {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(
      moment,
    );
    const text = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    return text === "GMT" ? "+00:00" : text.replace("GMT", "");
  } catch {
    throw new MongoError(40485, `unrecognized time zone identifier: "${zone}" (${name})`);
  }
}

export const LIBRARY: OperatorTable = Object.fromEntries([...DATES, ...OTHERS].map((name) => [name, delegate]));
