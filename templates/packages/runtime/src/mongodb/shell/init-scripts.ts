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
  scripts: readonly { name: string; text: string }[];
  environment: Record<string, unknown>;
}

const DONE = "initialized";

/** Runs the scripts of a new object. Either all of them took effect or none: after an error the next start tries again. */
export function runInitScripts(server: Server, storage: DurableObjectStorage, options: InitOptions): void {
  if (server.facts.get(DONE) !== null) return;
  storage.transactionSync(() => {
    for (const script of options.scripts) runScript(server, script, options);
    server.facts.set(DONE, new Date().toISOString());
  });
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
