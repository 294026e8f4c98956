/** Tailable cursors on capped collections: they go on with what is inserted after them. */
import { RawDocument } from "../bson/values";
import type { Source } from "../cursors";
import { compileQuery } from "../query/matcher";
import type { FindRequest } from "../query/find";
import type { Project } from "../query/projection";
import type { CommandContext } from "../session";
import type { Collection } from "../storage/collection";
import type { StoredDocument } from "../storage/records";

/** How often a waiting cursor looks, in milliseconds. */
const LOOK = 50;

export function tailing(
  context: CommandContext,
  collection: Collection,
  request: FindRequest,
  change: Project | null,
): Source {
  const test = compileQuery(request.filter, request);
  let last = -1;
  const nextStored = (): StoredDocument | null => {
    for (const stored of context.view.scan(collection, false, last)) {
      last = stored.seq;
      if (test(stored.document)) return stored;
    }
    return null;
  };
  let waiting: StoredDocument | null = null;
  let gone = false;
  context.connection?.tailing.add(() => (gone = true));
  return {
    next() {
      const stored = waiting ?? nextStored();
      waiting = null;
      if (!stored) return null;
      return change ? change(stored.document, context.variables) : new RawDocument(stored.bytes);
    },
    async wait(milliseconds) {
      if (context.body.awaitData !== true) return;
      for (const end = Date.now() + milliseconds; !gone && Date.now() < end;) {
        waiting = nextStored();
        if (waiting) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK));
      }
    },
    // An empty collection has nothing to tail: the cursor is dead, as MongoDB's is.
    ended: () => gone || (last < 0 && collection.count === 0),
  };
}
