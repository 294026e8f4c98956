import { type Doc, isDocument, typeName } from "./bson/values";
import { badValue, MongoError, wrongFieldType } from "./errors";
import type { Connection } from "./connection";
import type { Server } from "./server";
import type { View } from "./storage/view";
import { parseCollation, type Collation } from "./values/collation";
import { isNumeric, toDouble, toInteger } from "./values/numbers";

/** One command under way: its body, and what it may use. */
export class CommandContext {
  readonly server: Server;
  readonly connection: Connection | null;
  readonly name: string;
  readonly body: Doc;
  readonly db: string;
  /** Reads and writes go through it: at once, or in the transaction the command belongs to. */
  readonly view: View;
  /** The session's id as text; null: none. */
  readonly session: string | null;
  readonly inTransaction: boolean;

  constructor(
    server: Server,
    connection: Connection | null,
    name: string,
    body: Doc,
    view: View,
    session: string | null,
    inTransaction: boolean,
  ) {
    this.server = server;
    this.connection = connection;
    this.name = name;
    this.body = body;
    this.db = typeof body.$db === "string" ? body.$db : "test";
    this.view = view;
    this.session = session;
    this.inTransaction = inTransaction;
  }

  /** The collection that the command's first field names. */
  get collectionName(): string {
    const value = this.body[this.name];
    if (typeof value !== "string") {
      throw badValue(`collection name has invalid type ${typeName(value)}`);
    }
    if (value === "") throw new MongoError("InvalidNamespace", `Invalid namespace specified '${this.db}.'`);
    return value;
  }

  get namespace(): string {
    return `${this.db}.${this.collectionName}`;
  }

  document(field: string): Doc {
    const value = this.body[field];
    if (value === undefined || value === null) return {};
    if (!isDocument(value)) throw wrongFieldType(`${this.name}.${field}`, typeName(value), "object");
    return value;
  }

  /** A whole number; null when the field is missing. */
  integer(field: string): number | null {
    const value = this.body[field];
    if (value === undefined || value === null) return null;
    const number = toInteger(value);
    if (number !== null) return number;
    if (isNumeric(value)) return Math.trunc(toDouble(value));
    throw wrongFieldType(`${this.name}.${field}`, typeName(value), "long");
  }

  array(field: string): unknown[] {
    const value = this.body[field];
    if (Array.isArray(value)) return value;
    if (value === undefined)
      throw new MongoError(40414, `BSON field '${this.name}.${field}' is missing but a required field`);
    throw wrongFieldType(`${this.name}.${field}`, typeName(value), "array");
  }

  /** The collation asked for, or the collection's own. */
  collationOf(value: unknown, collection: { collation: Collation | undefined } | null): Collation | undefined {
    return value === undefined ? collection?.collation : parseCollation(value);
  }

  /** Variables of `let`, with the time of the command. */
  get variables(): Record<string, unknown> {
    return { NOW: new Date(), ...this.document("let") };
  }
}

/** Carries out a command. A promise is for those that wait. */
export type Handler = (context: CommandContext) => Doc | Promise<Doc>;
export type CommandTable = Record<string, Handler>;
