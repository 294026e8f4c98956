/**
 * The scripts of `/docker-entrypoint-initdb.d`, run once, when the object is made: the shell's `db` and its collections, without
 * waiting for anything, as scripts for the shell are written.
 */
import Sval from "sval";
import { MongoError } from "../errors";
import type { Server } from "../server";
import { ShellDatabase, databaseProxy } from "./database";
import { shellGlobals } from "./globals";

export interface InitOptions {
  database: string;
  /** Texts of the files in `/docker-entrypoint-initdb.d`, by their paths. */
  files: Record<string, string>;
  environment: Record<string, unknown>;
  users: readonly { name: string; database: string; password: string }[];
}

const DONE = "initialized";

/** Sets a new object up. Either everything took effect or nothing: after an error the next start tries again. */
export function initialize(server: Server, storage: DurableObjectStorage, options: InitOptions): void {
  if (server.facts.get(DONE) !== null) return;
  storage.transactionSync(() => {
    for (const { name, database, password } of options.users) {
      server.users.create(database, name, password, [{ role: "readWrite", db: database }], {});
    }
    // The image's entrypoint runs them in the order of their names.
    for (const path of Object.keys(options.files).sort()) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (name.endsWith(".js")) runScript(server, { name, text: options.files[path]! }, options);
      else if (name.endsWith(".sh")) refuseShellScript(name);
    }
    server.facts.set(DONE, new Date().toISOString());
  });
}

function refuseShellScript(name: string): never {
  throw new Error(
    `the init script ${name} is a shell script, and a Worker has no shell: write what it does to the database as a .js ` +
      "script beside it (the shell's db is there, and process.env) and remove it",
  );
}

function runScript(server: Server, { name, text }: { name: string; text: string }, options: InitOptions): void {
  const interpreter = new Sval({ ecmaVer: "latest", sourceType: "script", sandBox: true });
  const database = databaseProxy(new ShellDatabase(server, options.database));
  const setDatabase = (other: unknown): void => interpreter.import({ db: other });
  interpreter.import({ ...shellGlobals(server, options.environment, setDatabase), db: database });
  try {
    interpreter.run(text);
  } catch (error) {
    const why = error instanceof MongoError ? `${error.codeName}: ${error.message}` : String(error);
    throw new Error(`the init script ${name} failed: ${why}`, { cause: error });
  }
}
