/** `$jsonSchema`: draft 4 with `bsonType`, as validators use it. Unknown keywords are refused, as MongoDB does. */
import { type Doc, isDocument, type TypeName, typeName } from "../bson/values";
import { failedToParse, typeMismatch } from "../errors";
import { equalValues, identity } from "../values/compare";
import { isNumeric, toDouble } from "../values/numbers";
import { typeSet } from "./operators";
import { compileRegExp } from "./regexp";

type Check = (value: unknown) => boolean;

export function compileSchema(schema: unknown): (document: Doc) => boolean {
  return compile(schema) as (document: Doc) => boolean;
}

function compile(schema: unknown): Check {
  if (!isDocument(schema)) throw typeMismatch("$jsonSchema must be an object");
  const checks = Object.keys(schema).flatMap((keyword) => {
    if (IGNORED.has(keyword)) return [];
    const make = KEYWORDS[keyword];
    if (!make) throw failedToParse(`Unknown $jsonSchema keyword: ${keyword}`);
    return [make(schema[keyword], schema)];
  });
  return (value) => checks.every((check) => check(value));
}

const IGNORED = new Set(["title", "description", "exclusiveMinimum", "exclusiveMaximum", "additionalItems", "$schema"]);

const JSON_TYPES: Record<string, readonly TypeName[]> = {
  object: ["object"],
  array: ["array"],
  string: ["string"],
  boolean: ["bool"],
  null: ["null"],
  number: ["int", "long", "double", "decimal"],
};

const KEYWORDS: Record<string, (operand: unknown, schema: Doc) => Check> = {
  bsonType: (operand) => {
    const types = typeSet(operand);
    return (value) => types.has(typeName(value) as TypeName);
  },
  type: (operand) => {
    const names = (Array.isArray(operand) ? operand : [operand]).flatMap((name: unknown) => {
      const types = typeof name === "string" ? JSON_TYPES[name] : undefined;
      if (!types) throw failedToParse(`$jsonSchema type '${String(name)}' is not supported; use bsonType`);
      return types;
    });
    return (value) => names.includes(typeName(value) as TypeName);
  },
  enum: (operand) => {
    const allowed = operand as unknown[];
    return (value) => allowed.some((item) => equalValues(item, value));
  },
  required: (operand) => onObject((document) => (operand as string[]).every((name) => Object.hasOwn(document, name))),
  properties: (operand) => {
    const checks = Object.entries(operand as Doc).map(([name, schema]) => [name, compile(schema)] as const);
    return onObject((document) =>
      checks.every(([name, check]) => !Object.hasOwn(document, name) || check(document[name])),
    );
  },
  patternProperties: (operand) => {
    const checks = patterns(operand);
    return onObject((document) =>
      Object.keys(document).every((name) =>
        checks.every(([pattern, check]) => !pattern.test(name) || check(document[name])),
      ),
    );
  },
  additionalProperties: (operand, schema) => {
    const named = new Set(Object.keys((schema.properties as Doc | undefined) ?? {}));
    const others = patterns(schema.patternProperties ?? {});
    const check: Check = isDocument(operand) ? compile(operand) : () => operand !== false;
    return onObject((document) =>
      Object.keys(document).every(
        (name) => named.has(name) || others.some(([pattern]) => pattern.test(name)) || check(document[name]),
      ),
    );
  },
  minProperties: (operand) => onObject((document) => Object.keys(document).length >= Number(operand)),
  maxProperties: (operand) => onObject((document) => Object.keys(document).length <= Number(operand)),
  dependencies: (operand) => {
    const rules = Object.entries(operand as Doc).map(([name, rule]): [string, (document: Doc) => boolean] => [
      name,
      Array.isArray(rule) ? (document) => rule.every((other) => Object.hasOwn(document, String(other))) : compile(rule),
    ]);
    return onObject((document) => rules.every(([name, check]) => !Object.hasOwn(document, name) || check(document)));
  },
  minimum: (operand, { exclusiveMinimum }) =>
    onNumber((value) => (exclusiveMinimum === true ? value > Number(operand) : value >= Number(operand))),
  maximum: (operand, { exclusiveMaximum }) =>
    onNumber((value) => (exclusiveMaximum === true ? value < Number(operand) : value <= Number(operand))),
  multipleOf: (operand) => onNumber((value) => value % Number(operand) === 0),
  minLength: (operand) => onString((value) => [...value].length >= Number(operand)),
  maxLength: (operand) => onString((value) => [...value].length <= Number(operand)),
  pattern: (operand) => {
    const pattern = compileRegExp(operand);
    return onString((value) => pattern.test(value));
  },
  items: (operand, { additionalItems }) => {
    if (!Array.isArray(operand)) {
      const check = compile(operand);
      return onArray((value) => value.every(check));
    }
    const checks = operand.map(compile);
    const further: Check = isDocument(additionalItems) ? compile(additionalItems) : () => additionalItems !== false;
    return onArray((value) => value.every((item, i) => (checks[i] ?? further)(item)));
  },
  minItems: (operand) => onArray((value) => value.length >= Number(operand)),
  maxItems: (operand) => onArray((value) => value.length <= Number(operand)),
  uniqueItems: (operand) => onArray((value) => operand !== true || new Set(value.map(identity)).size === value.length),
  allOf: (operand) => {
    const checks = (operand as unknown[]).map(compile);
    return (value) => checks.every((check) => check(value));
  },
  anyOf: (operand) => {
    const checks = (operand as unknown[]).map(compile);
    return (value) => checks.some((check) => check(value));
  },
  oneOf: (operand) => {
    const checks = (operand as unknown[]).map(compile);
    return (value) => checks.filter((check) => check(value)).length === 1;
  },
  not: (operand) => {
    const check = compile(operand);
    return (value) => !check(value);
  },
};

function patterns(operand: unknown): [RegExp, Check][] {
  return Object.entries(operand as Doc).map(([source, schema]) => [compileRegExp(source), compile(schema)]);
}

// A keyword says nothing about values of other types.
const onObject =
  (check: (document: Doc) => boolean): Check =>
  (value) =>
    !isDocument(value) || check(value);
const onArray =
  (check: (items: readonly unknown[]) => boolean): Check =>
  (value) =>
    !Array.isArray(value) || check(value);
const onString =
  (check: (text: string) => boolean): Check =>
  (value) =>
    typeof value !== "string" || check(value);
const onNumber =
  (check: (number: number) => boolean): Check =>
  (value) =>
    !isNumeric(value) || check(toDouble(value));
