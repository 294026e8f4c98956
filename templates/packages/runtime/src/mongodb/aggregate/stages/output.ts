/** `$out` and `$merge`: the result goes into a collection instead of to the client. */
import { type Doc, isDocument } from "../../bson/values";
import { failedToParse, MongoError } from "../../errors";
import type { Environment, OutputTarget } from "../environment";
import type { StageCompiler, StageTable } from "../pipeline";

function target(value: unknown, environment: Environment, name: string): OutputTarget {
  if (typeof value === "string") return { db: environment.db, collection: value };
  if (isDocument(value) && typeof value.coll === "string") {
    return { db: String(value.db ?? environment.db), collection: value.coll };
  }
  throw new MongoError(16990, `${name} only supports a string or object argument`);
}

const out: StageCompiler = (operand, environment, name) => {
  const where = target(operand, environment, name);
  return function* (documents) {
    if (!environment.out) throw new MongoError("OperationNotSupportedInTransaction", `${name} is not allowed here`);
    environment.out(where, [...documents]);
    yield* [];
  };
};

const WHEN_MATCHED = ["replace", "keepExisting", "merge", "fail"];
const WHEN_NOT_MATCHED = ["insert", "discard", "fail"];

const merge: StageCompiler = (operand, environment, name) => {
  const {
    into,
    on = "_id",
    whenMatched = "merge",
    whenNotMatched = "insert",
    let: variables,
  } = isDocument(operand) ? operand : { into: operand };
  if (!Array.isArray(whenMatched) && !WHEN_MATCHED.includes(String(whenMatched))) {
    throw failedToParse(`Enumeration value '${String(whenMatched)}' for field 'whenMatched' is not a valid value.`);
  }
  if (!WHEN_NOT_MATCHED.includes(String(whenNotMatched))) {
    throw failedToParse(
      `Enumeration value '${String(whenNotMatched)}' for field '$merge.whenNotMatched' is not a valid value.`,
    );
  }
  const specification = {
    into: target(into, environment, name),
    on: (Array.isArray(on) ? on : [on]).map(String),
    whenMatched: Array.isArray(whenMatched) ? (whenMatched as Doc[]) : String(whenMatched),
    whenNotMatched: String(whenNotMatched),
    variables: isDocument(variables) ? variables : { new: "$$ROOT" },
  };
  return function* (documents) {
    if (!environment.merge) throw new MongoError("OperationNotSupportedInTransaction", `${name} is not allowed here`);
    environment.merge(specification, documents);
    yield* [];
  };
};

export const OUTPUT_STAGES: StageTable = { $out: out, $merge: merge };
