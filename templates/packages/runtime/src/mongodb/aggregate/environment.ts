import type { Doc } from "../bson/values";
import type { Collation } from "../values/collation";
import type { Predicate } from "../query/matcher";

/** What a pipeline can reach outside itself. */
export interface Environment {
  readonly db: string;
  readonly collation: Collation | undefined;
  /** Variables of the command's `let`, and `NOW`. */
  readonly variables: Record<string, unknown>;
  /** The documents of a collection or view; a filter may be answered by an index, and is always applied. */
  read(db: string, collection: string, filter?: Doc): Iterable<Doc>;
  /** Whether looking documents up by this field is quick. */
  isIndexed(db: string, collection: string, path: string): boolean;
  /** What `$text` means for the pipeline's collection. */
  text?: ((specification: Doc) => Predicate) | undefined;
  /** Facts about the pipeline's own collection, for `$collStats`, `$indexStats` and the like. */
  facts?(stage: string, specification: Doc): Iterable<Doc>;
  /** Stores the result of `$out` and `$merge`. */
  out?(target: OutputTarget, documents: Iterable<Doc>): void;
  merge?(specification: MergeSpecification, documents: Iterable<Doc>): void;
}

export interface OutputTarget {
  db: string;
  collection: string;
}

export interface MergeSpecification {
  into: OutputTarget;
  on: string[];
  whenMatched: string | Doc[];
  whenNotMatched: string;
  variables: Doc;
}
