import { decodeDocument } from "./bson/decode";
import { encodeDocument } from "./bson/encode";
import type { Doc } from "./bson/values";
import { MongoError } from "./errors";

/** Sessions that have not written for so long cannot repeat a write. */
const KEPT_MILLISECONDS = 30 * 60 * 1000;
/** Longer replies are not kept; they are found documents of findAndModify. */
const MAX_REPLY_BYTES = 1_900_000;

/**
 * What the last write of each session was answered. A driver that lost the connection before the answer sends the same write
 * again, and it must not be done twice.
 */
export class RetriedWrites {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The answer already given to this write; null: it is new. */
  find(session: string, number: number): Doc | null {
    const [row] = this.#sql
      .exec<{ txn: number; replies: ArrayBuffer }>("SELECT txn, replies FROM retried WHERE session = ?", keyOf(session))
      .toArray();
    if (!row || row.txn < number) return null;
    if (row.txn > number) {
      throw new MongoError(
        "TransactionTooOld",
        `Retryable write with txnNumber ${number} is older than ${row.txn} of the same session`,
      );
    }
    return decodeDocument(new Uint8Array(row.replies));
  }

  remember(session: string, number: number, reply: Doc): void {
    let bytes = encodeDocument(reply);
    if (bytes.length > MAX_REPLY_BYTES) bytes = encodeDocument({ ...reply, value: null });
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    this.#sql.exec(
      "INSERT OR REPLACE INTO retried (session, txn, replies, at) VALUES (?, ?, ?, ?)",
      keyOf(session),
      number,
      buffer,
      Date.now(),
    );
    if (number % 500 === 0) this.#sql.exec("DELETE FROM retried WHERE at < ?", Date.now() - KEPT_MILLISECONDS);
  }

  end(session: string): void {
    this.#sql.exec("DELETE FROM retried WHERE session = ?", keyOf(session));
  }
}

function keyOf(session: string): ArrayBuffer {
  const bytes = Buffer.from(session, "base64");
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
