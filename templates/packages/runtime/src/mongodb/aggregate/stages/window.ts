/** Stages that the query library runs, over documents whose numbers are plain ones: windows, gaps and granular buckets. */
import { Aggregator } from "mingo/aggregator";
import { Context } from "mingo/core";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import * as stages from "mingo/operators/pipeline";
import * as windows from "mingo/operators/window";
import type { Doc } from "../../bson/values";
import { MongoError } from "../../errors";
import { plainValue } from "../operators/library";
import type { StageCompiler, StageTable, Transform } from "../pipeline";

const CONTEXT = Context.init({
  accumulator: accumulators,
  expression: expressions,
  pipeline: stages,
  window: windows,
} as unknown as Parameters<typeof Context.init>[0]);

export function byLibrary(name: string, operand: unknown): Transform {
  const pipeline = [{ [name]: plainValue(operand) }] as unknown as ConstructorParameters<typeof Aggregator>[0];
  return (documents) => {
    try {
      const aggregator = new Aggregator(pipeline, { context: CONTEXT, scriptEnabled: false } as never);
      return aggregator.run([...documents].map((document) => plainValue(document) as never)) as unknown as Doc[];
    } catch (error) {
      if (error instanceof MongoError) throw error;
      throw new MongoError("BadValue", error instanceof Error ? error.message : String(error));
    }
  };
}

const delegate: StageCompiler = (operand, _environment, name) => byLibrary(name, operand);

export const WINDOW_STAGES: StageTable = {
  $setWindowFields: delegate,
  $densify: delegate,
  $fill: delegate,
};
