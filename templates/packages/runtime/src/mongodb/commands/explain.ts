/** `explain`: which index a query uses. Costs and rejected plans are not told. */
import { checkPipeline } from "../aggregate/pipeline";
import { type Doc, isDocument } from "../bson/values";
import { MongoError } from "../errors";
import { findDocuments } from "../query/find";
import { type Plan, planQuery } from "../query/plan";
import type { CommandContext } from "../session";
import { VERSION } from "../version";

export function explain(context: CommandContext): Doc {
  const command = context.document("explain");
  const [name = ""] = Object.keys(command);
  const namespace = `${context.db}.${String(command[name])}`;
  if (name === "aggregate")
    return explainFilter(
      context,
      namespace,
      String(command.aggregate),
      pipelineFilter(checkPipeline(command.pipeline)),
    );
  const change = [...((command.updates ?? command.deletes ?? []) as Doc[])][0]?.q;
  const filter = command.filter ?? command.query ?? change;
  if (!["find", "count", "distinct", "update", "delete", "findAndModify"].includes(name)) {
    throw new MongoError("CommandNotFound", `Explain failed due to unknown command: ${name}`);
  }
  const sort = isDocument(command.sort) ? command.sort : undefined;
  const request = { filter: isDocument(filter) ? filter : {}, sort, hint: command.hint };
  return explainFilter(context, namespace, String(command[name]), request);
}

/** An aggregate command with `explain: true`. */
export function explained(context: CommandContext, stages: readonly Doc[]): Doc {
  return explainFilter(context, context.namespace, context.collectionName, pipelineFilter(stages));
}

interface Explained {
  filter: Doc;
  sort?: Doc | undefined;
  hint?: unknown;
}

function pipelineFilter(stages: readonly Doc[]): Explained {
  const filter = stages[0]?.$match;
  const sort = stages[isDocument(filter) ? 1 : 0]?.$sort;
  return { filter: isDocument(filter) ? filter : {}, sort: isDocument(sort) ? sort : undefined };
}

function explainFilter(context: CommandContext, namespace: string, name: string, request: Explained): Doc {
  const collection = context.server.catalog.find(context.db, name);
  const plans = collection && !collection.isView ? planQuery(collection, request) : [];
  const returned = collection && !collection.isView ? [...findDocuments(context.view, collection, request)].length : 0;
  const stage = plans.length === 0 ? { stage: "EOF" } : winningPlan(plans, request);
  return {
    explainVersion: "1",
    queryPlanner: { namespace, parsedQuery: request.filter, winningPlan: stage, rejectedPlans: [] },
    executionStats: { executionSuccess: true, nReturned: returned, executionTimeMillis: 0 },
    serverInfo: { host: "localhost", port: 27017, version: VERSION },
  };
}

function winningPlan(plans: readonly Plan[], { filter, sort }: Explained): Doc {
  const stages = plans.map(({ index, backwards }): Doc =>
    index
      ? {
          stage: "FETCH",
          filter,
          inputStage: {
            stage: "IXSCAN",
            keyPattern: index.key,
            indexName: index.name,
            isMultiKey: index.multikey,
            direction: backwards ? "backward" : "forward",
          },
        }
      : { stage: "COLLSCAN", filter, direction: backwards ? "backward" : "forward" },
  );
  const source = stages.length === 1 ? stages[0]! : { stage: "OR", inputStages: stages };
  const inOrder = !sort || (plans.length === 1 && plans[0]!.sorted);
  return inOrder ? source : { stage: "SORT", sortPattern: sort, inputStage: source };
}
