import { decodeDocument } from "../bson/decode";
import type { Doc } from "../bson/values";

/** A stored document: its place in the order of insertion, its bytes, and what they mean once somebody asks. */
export class StoredDocument {
  readonly seq: number;
  readonly bytes: Uint8Array;
  #document: Doc | null;

  constructor(seq: number, bytes: Uint8Array, document: Doc | null = null) {
    this.seq = seq;
    this.bytes = bytes;
    this.#document = document;
  }

  /** Not to be changed: it is shared. */
  get document(): Doc {
    return (this.#document ??= decodeDocument(this.bytes));
  }

  /** A copy of one's own, to be changed. */
  decode(): Doc {
    return decodeDocument(this.bytes);
  }
}

/** A part of an index: keys from `lower` to before `upper`; null: to the end. */
export interface KeyRange {
  lower: Buffer;
  upper: Buffer | null;
}
