/** `$changeStream`: a cursor over what happens from now on, or from a remembered point on. */
import { compilePipeline } from "../aggregate/pipeline";
import { type Doc, isDocument, Timestamp } from "../bson/values";
import { concerns, parseResumeToken, resumeToken, type Watched } from "../changes";
import type { Source } from "../cursors";
import { MongoError } from "../errors";
import { findDocuments } from "../query/find";
import type { CommandContext } from "../session";
import { toInteger } from "../values/numbers";
import { environmentOf } from "./environment";

const ALLOWED = ["$match", "$project", "$addFields", "$set", "$unset", "$replaceRoot", "$replaceWith", "$redact"];
const PAGE = 100;

export function openChangeStream(context: CommandContext, stages: readonly Doc[], collection: string | null): Doc {
  const { server, db } = context;
  if (!server.options.replicaSet) {
    throw new MongoError(40573, "The $changeStream stage is only supported on replica sets");
  }
  const [first, ...rest] = stages;
  const options = isDocument(first?.$changeStream) ? first.$changeStream : {};
  const forbidden = rest.flatMap(Object.keys).find((name) => !ALLOWED.includes(name));
  if (forbidden) throw new MongoError("IllegalOperation", `${forbidden} is not permitted in a $changeStream pipeline`);
  server.changes.activate();
  const watched: Watched = { db: options.allChangesForCluster === true ? null : db, collection };
  const source = new ChangeStream(context, watched, options, rest);
  const batchSize = isDocument(context.body.cursor) ? toInteger(context.body.cursor.batchSize) : null;
  const namespace = `${db}.${collection ?? "$cmd.aggregate"}`;
  return { cursor: server.cursors.first(namespace, source, { batchSize, session: context.session }) };
}

class ChangeStream implements Source {
  readonly #context: CommandContext;
  readonly #watched: Watched;
  readonly #options: Doc;
  readonly #transform: (documents: Iterable<Doc>) => Iterable<Doc>;
  #last: number;
  #queue: Doc[] = [];
  #over = false;

  constructor(context: CommandContext, watched: Watched, options: Doc, stages: readonly Doc[]) {
    this.#context = context;
    this.#watched = watched;
    this.#options = options;
    this.#transform = compilePipeline(stages, environmentOf(context, null, undefined));
    this.#last = this.#start();
    context.connection?.tailing.add(() => (this.#over = true));
  }

  /** The event after which the stream begins. */
  #start(): number {
    const { changes } = this.#context.server;
    const { resumeAfter, startAfter, startAtOperationTime } = this.#options;
    const token = resumeAfter ?? startAfter;
    if (token !== undefined) {
      const seq = parseResumeToken(token);
      changes.requireHistory(seq);
      return seq;
    }
    return startAtOperationTime instanceof Timestamp ? changes.before(startAtOperationTime) : changes.last;
  }

  next(): Doc | null {
    while (this.#queue.length === 0 && !this.#over) {
      const events = this.#context.server.changes.after(this.#last, PAGE);
      if (events.length === 0) break;
      for (const { seq, event } of events) this.#take(seq, event);
    }
    return this.#queue.shift() ?? null;
  }

  #take(seq: number, event: Doc): void {
    this.#last = seq;
    const namespace = event.ns as Doc;
    if (this.#over || !concerns(this.#watched, namespace)) return;
    if (event.operationType === "tooLarge") {
      throw new MongoError("BSONObjectTooLarge", "a changed document is too large for an event of a change stream");
    }
    const { operationType, clusterTime, ...rest } = event;
    const told: Doc = { _id: resumeToken(seq), operationType, clusterTime, ...rest };
    if (operationType === "update") this.#addFullDocument(told);
    for (const document of this.#transform([told])) {
      if (document._id === undefined) {
        throw new MongoError(
          280,
          "Encountered an event whose _id field, which contains the resume token, was modified by the pipeline.",
        );
      }
      this.#queue.push(document);
    }
    if (this.#invalidates(event)) {
      this.#queue.push({ _id: resumeToken(seq), operationType: "invalidate", clusterTime });
      this.#over = true;
    }
  }

  /** `updateLookup`: the document as it is now, which may already be another one. */
  #addFullDocument(event: Doc): void {
    const wanted = this.#options.fullDocument;
    if (wanted !== "updateLookup" && wanted !== "whenAvailable" && wanted !== "required") return;
    const { db, coll } = event.ns as { db: string; coll: string };
    const collection = this.#context.server.catalog.find(db, coll);
    const [found] = collection
      ? findDocuments(this.#context.view, collection, { filter: event.documentKey as Doc, limit: 1 })
      : [];
    event.fullDocument = found ? found.document : null;
  }

  #invalidates(event: Doc): boolean {
    const { collection, db } = this.#watched;
    if (collection !== null) return event.operationType === "drop" || event.operationType === "rename";
    return db !== null && event.operationType === "dropDatabase";
  }

  wait(milliseconds: number): Promise<void> {
    const { connection, server } = this.#context;
    return server.changes.wait(milliseconds, (wake) => {
      connection?.tailing.add(wake);
      return () => void connection?.tailing.delete(wake);
    });
  }

  ended(): boolean {
    return this.#over && this.#queue.length === 0;
  }

  fields(): Doc {
    return { postBatchResumeToken: resumeToken(this.#last) };
  }
}
