/** Fields of documents by name. */
import { type Doc, isDocument, setField, typeName } from "../../bson/values";
import { MongoError } from "../../errors";
import { fieldOf } from "../../values/paths";
import { onNamed, onValues, type OperatorCompiler, type OperatorTable } from "../expressions";
import { compileJavaScript } from "../javascript";

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

const getField: OperatorCompiler = (operand, compiler, name) => {
  const { field, input = "$$CURRENT" } =
    isDocument(operand) && Object.hasOwn(operand, "field") ? operand : { field: operand };
  const [fieldName, value] = [compiler.compile(field), compiler.compile(input)];
  return (scope) => {
    const wanted = fieldName(scope);
    if (typeof wanted !== "string") {
      throw new MongoError(3041704, `${name} requires 'field' to evaluate to type String, but got ${typeName(wanted)}`);
    }
    const document = value(scope);
    if (isNull(document)) return document;
    return isDocument(document) ? fieldOf(document, wanted) : undefined;
  };
};

const setOne = onNamed(["field", "input", "value"], ({ field, input, value }, name) => {
  if (isNull(input)) return null;
  if (typeof field !== "string" || !isDocument(input))
    throw new MongoError(4161107, `${name} requires a field and a document`);
  const result: Doc = { ...input };
  if (value === undefined) delete result[field];
  else setField(result, field, value);
  return result;
});

/** `$function`: interpreted; see javascript.ts. */
const javaScript: OperatorCompiler = (operand, compiler, name) => {
  if (!isDocument(operand)) throw new MongoError(4660800, `${name} requires an object as an argument`);
  const run = compileJavaScript(operand.body);
  const values = compiler.compile(operand.args ?? []);
  return (scope) => run(...(values(scope) as unknown[]));
};

export const DOCUMENTS: OperatorTable = {
  $mergeObjects: onValues((values, name) => {
    const documents = values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
    const result: Doc = {};
    for (const document of documents) {
      if (isNull(document)) continue;
      if (!isDocument(document)) {
        throw new MongoError(40400, `${name} requires object inputs, but input is of type ${typeName(document)}`);
      }
      for (const key of Object.keys(document)) setField(result, key, document[key]);
    }
    return result;
  }),
  $getField: getField,
  $setField: setOne,
  $unsetField: onNamed(["field", "input"], ({ field, input }) => {
    if (isNull(input)) return null;
    const result: Doc = { ...(input as Doc) };
    delete result[String(field)];
    return result;
  }),
  $function: javaScript,
};
