/** Aggregation pipelines: a list of stages, each of which turns a sequence of documents into another, as late as possible. */
import { type Doc, isDocument, typeName } from "../bson/values";
import { MongoError, typeMismatch } from "../errors";
import type { Environment } from "./environment";
import { BASIC_STAGES } from "./stages/basic";
import { GROUP_STAGES } from "./stages/group";
import { JOIN_STAGES } from "./stages/join";
import { OUTPUT_STAGES } from "./stages/output";
import { WINDOW_STAGES } from "./stages/window";

export type Transform = (documents: Iterable<Doc>) => Iterable<Doc>;

/** Compiles one stage. */
export type StageCompiler = (operand: unknown, environment: Environment, name: string) => Transform;
export type StageTable = Record<string, StageCompiler>;

const STAGES = new Map<string, StageCompiler>(
  [BASIC_STAGES, GROUP_STAGES, JOIN_STAGES, OUTPUT_STAGES, WINDOW_STAGES].flatMap((table) => Object.entries(table)),
);

/** Stages that make documents of their own and so can only be the first. */
const SOURCES = new Set([
  "$documents",
  "$geoNear",
  "$collStats",
  "$indexStats",
  "$listSessions",
  "$currentOp",
  "$changeStream",
  "$listLocalSessions",
  "$listSearchIndexes",
]);
const LAST = new Set(["$out", "$merge"]);

/** The stages of a pipeline, with everything about their shape checked. */
export function checkPipeline(pipeline: unknown): Doc[] {
  if (!Array.isArray(pipeline)) throw typeMismatch("'pipeline' option must be specified as an array");
  pipeline.forEach((stage: unknown, i) => {
    if (!isDocument(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
    const names = Object.keys(stage);
    if (names.length !== 1) {
      throw new MongoError(40323, "A pipeline stage specification object must contain exactly one field.");
    }
    const name = names[0]!;
    if (!STAGES.has(name) && name !== "$changeStream") {
      throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    }
    if (SOURCES.has(name) && i > 0)
      throw new MongoError(40602, `${name} is only valid as the first stage in a pipeline`);
    if (LAST.has(name) && i < pipeline.length - 1) {
      throw new MongoError(40601, `${name} can only be the final stage in the pipeline`);
    }
  });
  return pipeline as Doc[];
}

/** Compiles stages that have been checked. */
export function compilePipeline(stages: readonly Doc[], environment: Environment): Transform {
  const transforms = stages.map((stage) => {
    const [name, operand] = Object.entries(stage)[0]!;
    return STAGES.get(name)!(operand, environment, name);
  });
  return (documents) => transforms.reduce((input, transform) => transform(input), documents);
}

/** Runs a pipeline of an update on one document. */
export function runOnDocument(pipeline: Doc[], document: Doc, environment: Environment): Doc {
  const [result] = compilePipeline(checkPipeline(pipeline), environment)([document]);
  if (!isDocument(result)) throw new MongoError("InternalError", `the update made ${typeName(result)} of a document`);
  return result;
}
