import { decodeDocument } from "../bson/decode";
import { encodeDocument } from "../bson/encode";
import type { Doc } from "../bson/values";
import { MongoError } from "../errors";
import { type Credential, makeCredential, type Mechanism } from "./scram";

export interface RootUser {
  name: string;
  password: string;
}

const MECHANISMS: readonly Mechanism[] = ["SCRAM-SHA-1", "SCRAM-SHA-256"];

interface UserRecord {
  roles: unknown[];
  customData?: unknown;
  credentials: Partial<Record<Mechanism, Credential>>;
}

/** The users: the root user of the configuration, and those that clients or init scripts made. */
export class Users {
  readonly #sql: SqlStorage;
  readonly #root: RootUser | null;
  readonly #rootCredentials = new Map<Mechanism, Credential>();

  constructor(sql: SqlStorage, root: RootUser | null) {
    this.#sql = sql;
    this.#root = root;
  }

  /** Whether clients have to authenticate: like the official image, when a root user is configured. */
  get required(): boolean {
    return this.#root !== null;
  }

  credential(db: string, name: string, mechanism: Mechanism): Credential | null {
    if (this.#isRoot(db, name)) {
      let credential = this.#rootCredentials.get(mechanism);
      if (!credential) {
        credential = makeCredential(mechanism, name, this.#root!.password);
        this.#rootCredentials.set(mechanism, credential);
      }
      return credential;
    }
    return this.#read(db, name)?.credentials[mechanism] ?? null;
  }

  create(db: string, name: string, password: string, roles: unknown[], options: Doc): void {
    if (this.#isRoot(db, name) || this.#read(db, name)) {
      throw new MongoError(51003, `User "${name}@${db}" already exists`);
    }
    const record: UserRecord = { roles: fullRoles(roles, db), credentials: credentialsOf(name, password) };
    if (options.customData !== undefined) record.customData = options.customData;
    this.#write(db, name, record);
  }

  update(db: string, name: string, change: { password?: string; roles?: unknown[]; customData?: unknown }): void {
    const record = this.#get(db, name);
    if (change.password !== undefined) record.credentials = credentialsOf(name, change.password);
    if (change.roles !== undefined) record.roles = fullRoles(change.roles, db);
    if (change.customData !== undefined) record.customData = change.customData;
    this.#write(db, name, record);
  }

  drop(db: string, name: string): void {
    this.#get(db, name);
    this.#sql.exec("DELETE FROM users WHERE db = ? AND name = ?", db, name);
  }

  dropAll(db: string): number {
    return this.#sql.exec("DELETE FROM users WHERE db = ?", db).rowsWritten;
  }

  rolesOf(db: string, name: string): unknown[] {
    return this.#isRoot(db, name) ? [{ role: "root", db: "admin" }] : (this.#read(db, name)?.roles ?? []);
  }

  /** Users as `usersInfo` lists them; of one database, or of all. */
  list(db: string | null): Doc[] {
    const rows = [
      ...this.#sql.exec<{ db: string; name: string; record: ArrayBuffer }>("SELECT db, name, record FROM users"),
    ];
    const users = rows.map((row) => describe(row.db, row.name, decode(row.record)));
    const root = this.#root
      ? [describe("admin", this.#root.name, { roles: [{ role: "root", db: "admin" }], credentials: {} })]
      : [];
    return [...root, ...users].filter((user) => db === null || user.db === db);
  }

  #isRoot(db: string, name: string): boolean {
    return this.#root !== null && db === "admin" && name === this.#root.name;
  }

  #get(db: string, name: string): UserRecord {
    const record = this.#read(db, name);
    if (!record) throw new MongoError("UserNotFound", `User '${name}@${db}' not found`);
    return record;
  }

  #read(db: string, name: string): UserRecord | null {
    const rows = this.#sql.exec<{ record: ArrayBuffer }>(
      "SELECT record FROM users WHERE db = ? AND name = ?",
      db,
      name,
    );
    const [row] = rows.toArray();
    return row ? decode(row.record) : null;
  }

  #write(db: string, name: string, record: UserRecord): void {
    const bytes = encodeDocument(record as unknown as Doc);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    this.#sql.exec("INSERT OR REPLACE INTO users (db, name, record) VALUES (?, ?, ?)", db, name, buffer);
  }
}

function decode(record: ArrayBuffer): UserRecord {
  return decodeDocument(new Uint8Array(record)) as unknown as UserRecord;
}

function credentialsOf(name: string, password: string): UserRecord["credentials"] {
  return Object.fromEntries(MECHANISMS.map((mechanism) => [mechanism, makeCredential(mechanism, name, password)]));
}

const fullRoles = (roles: unknown[], db: string): unknown[] =>
  roles.map((role) => (typeof role === "string" ? { role, db } : role));

function describe(db: string, name: string, record: UserRecord): Doc {
  const { roles, customData } = record;
  return {
    _id: `${db}.${name}`,
    user: name,
    db,
    ...(customData === undefined ? {} : { customData }),
    roles,
    mechanisms: [...MECHANISMS],
  };
}
