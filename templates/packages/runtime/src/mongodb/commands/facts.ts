/** Figures about collections, as `collStats`, `$collStats` and `$indexStats` give them. */
import { type Doc } from "../bson/values";
import { MongoError } from "../errors";
import type { CommandContext } from "../session";
import type { Collection } from "../storage/collection";

export function collectionStatistics(collection: Collection | null, namespace: string, scale: number): Doc {
  const count = collection?.count ?? 0;
  const size = collection?.dataSize ?? 0;
  const indexes = collection?.indexes ?? [];
  return {
    ns: namespace,
    size: Math.floor(size / scale),
    count,
    ...(count > 0 ? { avgObjSize: Math.floor(size / count) } : {}),
    numOrphanDocs: 0,
    storageSize: Math.floor(size / scale),
    freeStorageSize: 0,
    capped: collection?.options.capped === true,
    ...(collection?.options.capped === true
      ? { max: collection.options.max ?? 0, maxSize: collection.options.size ?? 0 }
      : {}),
    nindexes: indexes.length,
    indexBuilds: [],
    totalIndexSize: 0,
    indexSizes: Object.fromEntries(indexes.map(({ name }) => [name, 0])),
    totalSize: Math.floor(size / scale),
    scaleFactor: scale,
  };
}

/** What stages that begin a pipeline tell about its collection. */
export function* collectionFacts(
  context: CommandContext,
  collection: Collection | null,
  stage: string,
  specification: Doc,
): Iterable<Doc> {
  if (stage === "$currentOp" || stage === "$listLocalSessions") return;
  if (!collection) throw new MongoError("NamespaceNotFound", `Collection [${context.namespace}] not found.`);
  const host = "localhost:27017";
  if (stage === "$indexStats") {
    for (const index of collection.indexes) {
      yield {
        name: index.name,
        key: index.key,
        host,
        accesses: { ops: 0, since: new Date(context.server.startedAt) },
        spec: index.spec,
      };
    }
    return;
  }
  const statistics = collectionStatistics(collection, collection.namespace, 1);
  yield {
    ns: collection.namespace,
    host,
    localTime: new Date(),
    ...("storageStats" in specification ? { storageStats: statistics } : {}),
    ...("count" in specification ? { count: collection.count } : {}),
    ...("latencyStats" in specification ? { latencyStats: {} } : {}),
  };
}
