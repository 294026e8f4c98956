import { Binary, type Doc, isDocument } from "./bson/values";
import { MongoError } from "./errors";
import { type Change, TransactionView, type View } from "./storage/view";
import { toDouble, isNumeric } from "./values/numbers";

/** How long a transaction may stay open, as `transactionLifetimeLimitSeconds`. */
const LIFETIME_MILLISECONDS = 60_000;

interface Transaction {
  number: number;
  state: "open" | "committed" | "aborted";
  view: TransactionView;
  startedAt: number;
}

/** A session's id as text; null where the command has none. */
export function sessionKey(body: Doc): string | null {
  const { lsid } = body;
  if (!isDocument(lsid) || !(lsid.id instanceof Binary)) return null;
  return Buffer.from(lsid.id.buffer.subarray(0, lsid.id.position)).toString("base64");
}

export function transactionNumber(body: Doc): number | null {
  return isNumeric(body.txnNumber) ? toDouble(body.txnNumber) : null;
}

/** The transactions of all sessions; each session has at most one at a time. */
export class Transactions {
  readonly #storage: DurableObjectStorage;
  readonly #bySession = new Map<string, Transaction>();

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** The view of the transaction that a command belongs to, which may begin with it. */
  viewFor(session: string, body: Doc): View {
    const number = transactionNumber(body)!;
    const known = this.#bySession.get(session);
    if (body.startTransaction === true) {
      if (known && known.number > number) throw tooOld(number, known.number);
      const view = new TransactionView(this.#storage, () => this.#open());
      this.#bySession.set(session, { number, state: "open", view, startedAt: Date.now() });
      return view;
    }
    return this.#current(session, number).view;
  }

  commit(session: string, number: number): Change[] {
    const known = this.#bySession.get(session);
    if (known?.number === number && known.state === "committed") return [];
    const transaction = this.#current(session, number);
    try {
      const changes = transaction.view.commit();
      transaction.state = "committed";
      return changes;
    } catch (error) {
      transaction.state = "aborted";
      throw error;
    }
  }

  abort(session: string, number: number): void {
    this.#current(session, number).state = "aborted";
  }

  /** A command in it failed: the transaction is over. */
  fail(session: string): void {
    const known = this.#bySession.get(session);
    if (known?.state === "open") known.state = "aborted";
  }

  end(session: string): void {
    this.#bySession.delete(session);
  }

  #current(session: string, number: number): Transaction {
    this.#expire();
    const known = this.#bySession.get(session);
    if (!known || known.number !== number || known.state === "aborted") {
      const why = known?.number === number ? "has been aborted" : "does not match any in-progress transactions";
      throw new MongoError("NoSuchTransaction", `Given transaction number ${number} ${why}.`, {}, [
        "TransientTransactionError",
      ]);
    }
    if (known.state === "committed") {
      throw new MongoError("TransactionCommitted", `Transaction with { txnNumber: ${number} } has been committed.`);
    }
    return known;
  }

  *#open(): Iterable<TransactionView> {
    this.#expire();
    for (const transaction of this.#bySession.values()) if (transaction.state === "open") yield transaction.view;
  }

  #expire(): void {
    const before = Date.now() - LIFETIME_MILLISECONDS;
    for (const [session, transaction] of this.#bySession) {
      if (transaction.startedAt >= before) continue;
      if (transaction.state === "open") transaction.state = "aborted";
      else this.#bySession.delete(session);
    }
  }
}

function tooOld(number: number, active: number): MongoError {
  return new MongoError(
    "TransactionTooOld",
    `Cannot start transaction ${number} because a newer transaction ${active} has already started.`,
  );
}
