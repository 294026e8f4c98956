import { decodeDocument } from "./bson/decode";
import { Binary, type Doc, RawDocument } from "./bson/values";
import { ChangeLog } from "./changes";
import { COMMANDS } from "./commands";
import type { Connection } from "./connection";
import { Cursors } from "./cursors";
import { MongoError } from "./errors";
import { RetriedWrites } from "./retries";
import { CommandContext } from "./session";
import { Catalog } from "./storage/catalog";
import { createTables, Facts } from "./storage/schema";
import { type Change, DirectView, type View } from "./storage/view";
import { sessionKey, transactionNumber, Transactions } from "./transactions";
import { Expiry } from "./ttl";
import { type RootUser, Users } from "./auth/users";

export interface ServerOptions {
  /** The user of MONGO_INITDB_ROOT_USERNAME; null: clients need not authenticate. */
  root: RootUser | null;
  /** Set for a replica set of one: its name and the address that clients reach it by. */
  replicaSet: { name: string; host: string } | null;
}

/** Commands for clients that have not authenticated. */
const BEFORE_AUTHENTICATION = new Set([
  "hello",
  "isMaster",
  "ismaster",
  "saslStart",
  "saslContinue",
  "authenticate",
  "logout",
  "buildInfo",
  "buildinfo",
  "connectionStatus",
  "endSessions",
  "getnonce",
]);
/** Writes that a driver may repeat under the same number. */
const RETRYABLE = new Set(["insert", "update", "delete", "findAndModify", "findandmodify"]);
const IN_TRANSACTION = new Set([
  "insert",
  "update",
  "delete",
  "findAndModify",
  "findandmodify",
  "find",
  "aggregate",
  "distinct",
  "count",
  "getMore",
  "killCursors",
  "create",
  "createIndexes",
  "commitTransaction",
  "abortTransaction",
]);

/** A MongoDB server without its network: it executes commands, one at a time. */
export class Server {
  readonly options: ServerOptions;
  readonly catalog: Catalog;
  readonly cursors = new Cursors();
  readonly transactions: Transactions;
  readonly users: Users;
  readonly changes: ChangeLog;
  readonly expiry: Expiry;
  readonly facts: Facts;
  readonly connections = new Set<Connection>();
  readonly startedAt = Date.now();
  readonly counters: Record<string, number> = { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 };
  readonly #view: DirectView;
  readonly #retried: RetriedWrites;
  #connectionId = 0;

  constructor(storage: DurableObjectStorage, options: ServerOptions) {
    createTables(storage.sql);
    this.options = options;
    this.facts = new Facts(storage.sql);
    this.catalog = new Catalog(storage);
    this.changes = new ChangeLog(storage.sql, this.facts);
    this.transactions = new Transactions(storage);
    this.users = new Users(storage.sql, options.root);
    this.#retried = new RetriedWrites(storage.sql);
    this.#view = new DirectView(storage, (change) => this.changed(change));
    this.expiry = new Expiry(storage, this.catalog, this.#view);
  }

  newConnectionId(): number {
    return ++this.#connectionId;
  }

  open(connection: Connection): void {
    this.connections.add(connection);
  }

  close(connection: Connection): void {
    this.connections.delete(connection);
  }

  changed(change: Change): void {
    this.changes.record(change);
    if (change.after) this.expiry.written(change.collection);
  }

  /** Executes a command of a client; every error becomes the reply. */
  execute(connection: Connection, body: Doc): Doc | Promise<Doc> {
    const name = Object.keys(body)[0] ?? "";
    this.counters.command!++;
    try {
      if (this.users.required && connection.user === null && !BEFORE_AUTHENTICATION.has(name)) {
        throw new MongoError("Unauthorized", `Command ${name} requires authentication`);
      }
      const reply = this.#run(connection, name, body);
      if (!(reply instanceof Promise)) return this.#complete(reply);
      return reply.then(
        (settled) => this.#complete(settled),
        (error: unknown) => this.#fail(error, body),
      );
    } catch (error) {
      return this.#fail(error, body);
    }
  }

  /** Executes a command of the server's own, such as one of an init script; errors are thrown. */
  runInternally(db: string, body: Doc): Doc {
    const name = Object.keys(body)[0] ?? "";
    const handler = COMMANDS.get(name);
    if (!handler) throw commandNotFound(name);
    const reply = handler(new CommandContext(this, null, name, { ...body, $db: db }, this.#view, null, false));
    if (reply instanceof Promise) throw new MongoError("IllegalOperation", `${name} waits, which is not possible here`);
    return { ok: 1, ...reply };
  }

  #run(connection: Connection, name: string, body: Doc): Doc | Promise<Doc> {
    const handler = COMMANDS.get(name);
    if (!handler) throw commandNotFound(name);
    const session = sessionKey(body);
    const number = transactionNumber(body);
    if (number !== null && this.options.replicaSet === null) {
      throw new MongoError(
        "IllegalOperation",
        "Transaction numbers are only allowed on a replica set member or mongos",
      );
    }
    const inTransaction = session !== null && number !== null && body.autocommit === false;
    if (!inTransaction) {
      const context = new CommandContext(this, connection, name, body, this.#view, session, false);
      if (session === null || number === null || !RETRYABLE.has(name)) return handler(context);
      return this.#once(session, number, () => handler(context) as Doc);
    }
    if (!IN_TRANSACTION.has(name)) {
      throw new MongoError(
        "OperationNotSupportedInTransaction",
        `Cannot run '${name}' in a multi-document transaction.`,
      );
    }
    const ends = name === "commitTransaction" || name === "abortTransaction";
    const view: View = ends ? this.#view : this.transactions.viewFor(session, body);
    return handler(new CommandContext(this, connection, name, body, view, session, true));
  }

  /** A write that was already done is answered as it was then. */
  #once(session: string, number: number, write: () => Doc): Doc {
    const known = this.#retried.find(session, number);
    if (known) return known;
    const reply = write();
    this.#retried.remember(session, number, reply);
    return reply;
  }

  endSession(session: string): void {
    this.transactions.end(session);
    this.cursors.killSession(session);
    if (this.options.replicaSet) this.#retried.end(session);
  }

  #complete(reply: Doc): Doc {
    const complete: Doc = Object.hasOwn(reply, "ok") ? reply : { ...reply, ok: 1 };
    return this.options.replicaSet ? { ...complete, ...this.#clusterTime() } : complete;
  }

  #clusterTime(): Doc {
    const now = this.changes.tick();
    const signature = { hash: new Binary(new Uint8Array(20), 0), keyId: 0 };
    return { $clusterTime: { clusterTime: now, signature }, operationTime: now };
  }

  #fail(error: unknown, body: Doc): Doc {
    const known = error instanceof MongoError ? error : unexpected(error);
    const session = sessionKey(body);
    if (session !== null && body.autocommit === false) this.transactions.fail(session);
    return this.#complete({
      ok: 0,
      errmsg: known.message,
      code: known.code,
      codeName: known.codeName,
      ...known.details,
      ...(known.labels.length > 0 ? { errorLabels: [...known.labels] } : {}),
    });
  }
}

function commandNotFound(name: string): MongoError {
  return new MongoError("CommandNotFound", `no such command: '${name}'`);
}

/** Anything but a MongoError is a defect, or a limit of the storage. */
export function unexpected(error: unknown): MongoError {
  if (error instanceof MongoError) return error;
  console.error("mongodb:", error);
  const message = error instanceof Error ? error.message : String(error);
  if (/SQLITE_FULL|database or disk is full/.test(message)) {
    return new MongoError("OutOfDiskSpace", "the Durable Object's storage is full");
  }
  return new MongoError("InternalError", message);
}

/** A document given by a client, encoded or not, as a document. */
export function asDocument(value: unknown): Doc {
  return value instanceof RawDocument ? decodeDocument(value.bytes) : (value as Doc);
}
