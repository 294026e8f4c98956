import { type Doc, isDocument } from "../bson/values";
import type { Server } from "../server";
import { collectionProxy, ShellCollection } from "./collection";

/** The shell's `db`: methods, and every other name is a collection. */
export function databaseProxy(database: ShellDatabase): ShellDatabase {
  return new Proxy(database, {
    get(target, name) {
      if (typeof name === "symbol") return Reflect.get(target, name) as unknown;
      if (name in target) {
        const member = Reflect.get(target, name) as unknown;
        return typeof member === "function" ? (member as (...values: unknown[]) => unknown).bind(target) : member;
      }
      return name === "then" || name === "toJSON" ? undefined : target.getCollection(name);
    },
  });
}

/** One database, in the shell's words. */
export class ShellDatabase {
  readonly #server: Server;
  readonly #name: string;

  constructor(server: Server, name: string) {
    this.#server = server;
    this.#name = name;
  }

  getName(): string {
    return this.#name;
  }

  getSiblingDB(name: string): ShellDatabase {
    return databaseProxy(new ShellDatabase(this.#server, name));
  }

  getMongo(): Doc {
    return { getDB: (name: string) => this.getSiblingDB(name), setReadPref: () => undefined };
  }

  getCollection(name: string): ShellCollection {
    return collectionProxy(new ShellCollection(this.#server, this.#name, name));
  }

  runCommand(command: Doc | string, more: Doc = {}): Doc {
    return this.#server.runInternally(this.#name, typeof command === "string" ? { [command]: 1, ...more } : command);
  }

  adminCommand(command: Doc | string): Doc {
    return this.#server.runInternally("admin", typeof command === "string" ? { [command]: 1 } : command);
  }

  /** The scripts run as the root user. */
  auth(): Doc {
    return { ok: 1 };
  }

  logout(): Doc {
    return { ok: 1 };
  }

  createCollection(name: string, options: Doc = {}): Doc {
    return this.runCommand({ create: name, ...options });
  }

  createView(name: string, viewOn: string, pipeline: Doc[] | Doc, options: Doc = {}): Doc {
    return this.runCommand({
      create: name,
      viewOn,
      pipeline: Array.isArray(pipeline) ? pipeline : [pipeline],
      ...options,
    });
  }

  getCollectionNames(): string[] {
    return this.#server.catalog.collections(this.#name).map(({ name }) => name);
  }

  getCollectionInfos(filter: Doc = {}): unknown[] {
    const { cursor } = this.runCommand({ listCollections: 1, filter });
    return isDocument(cursor) ? (cursor.firstBatch as unknown[]) : [];
  }

  dropDatabase(): Doc {
    return this.runCommand({ dropDatabase: 1 });
  }

  createUser({ user, pwd, roles, ...rest }: Doc): Doc {
    return this.runCommand({ createUser: user, pwd, roles, ...rest });
  }

  updateUser(name: string, change: Doc): Doc {
    return this.runCommand({ updateUser: name, ...change });
  }

  changeUserPassword(name: string, pwd: string): Doc {
    return this.runCommand({ updateUser: name, pwd });
  }

  dropUser(name: string): Doc {
    return this.runCommand({ dropUser: name });
  }

  grantRolesToUser(name: string, roles: unknown): Doc {
    return this.runCommand({ grantRolesToUser: name, roles: Array.isArray(roles) ? roles : [roles] });
  }

  createRole({ role, ...rest }: Doc): Doc {
    return this.runCommand({ createRole: role, ...rest });
  }

  getUser(name: string): unknown {
    return (this.runCommand({ usersInfo: name }).users as unknown[])[0] ?? null;
  }

  getUsers(): unknown {
    return this.runCommand({ usersInfo: 1 });
  }

  hello(): Doc {
    return this.runCommand({ hello: 1 });
  }

  isMaster(): Doc {
    return this.runCommand({ isMaster: 1 });
  }

  serverStatus(): Doc {
    return this.runCommand({ serverStatus: 1 });
  }

  version(): unknown {
    return this.runCommand({ buildInfo: 1 }).version;
  }

  stats(): Doc {
    return this.runCommand({ dbStats: 1 });
  }

  setProfilingLevel(): Doc {
    return { ok: 1 };
  }

  getLastError(): null {
    return null;
  }
}
