/** Recording what a server answers to a scenario, and reading such recordings. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  BSON,
  type CommandFailedEvent,
  type CommandStartedEvent,
  type CommandSucceededEvent,
  MongoClient,
} from "mongodb-6";
import { SCENARIOS } from "./scenarios/index.ts";

/** One operation: the command sent, and what of its answer has to be the same. */
export interface Exchange {
  command: string;
  reply: unknown;
  /** Why the reply is MongoDB's documented one and not the reference's. */
  judged?: string;
}

const SILENT = new Set(["hello", "ismaster", "isMaster", "endSessions", "killCursors", "saslStart", "saslContinue"]);
/** Fields that differ from server to server, or from run to run. */
const UNTOLD = new Set([
  "lsid",
  "$clusterTime",
  "operationTime",
  "$db",
  "electionId",
  "opTime",
  "errmsg",
  "errorResponse",
  "$readPreference",
  "txnNumber",
  "readOnly",
  "uuid",
  "note",
  "codeName",
  "ok",
  "idIndex",
  "info",
]);

/** Runs a scenario against a server and returns the exchanges in order. */
export async function runScenario(name: string, uri: string): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  const commands = new Map<string, string>();
  const watch = (client: MongoClient): void => {
    client.on("commandStarted", ({ requestId, commandName, command }: CommandStartedEvent) => {
      if (!SILENT.has(commandName)) commands.set(`${requestId}`, text(command));
    });
    const end = (requestId: number, reply: unknown): void => {
      const command = commands.get(`${requestId}`);
      if (command !== undefined) exchanges.push({ command, reply });
    };
    client.on("commandSucceeded", ({ requestId, reply }: CommandSucceededEvent) => end(requestId, told(reply)));
    client.on("commandFailed", ({ requestId, failure }: CommandFailedEvent) => {
      const { code } = failure as Error & { code?: number };
      end(requestId, { failed: code ?? null });
    });
  };
  const url = `${uri}/scenario_${name}?retryReads=false&retryWrites=false`; // each exchange once
  const client = new MongoClient(url, { monitorCommands: true, serverSelectionTimeoutMS: 5000 });
  await client.connect();
  try {
    await client.db().dropDatabase();
    watch(client);
    await SCENARIOS[name]!(client.db(), url, watch);
  } finally {
    await client.close();
  }
  return exchanges;
}

const text = (command: unknown): string => JSON.stringify(told(command));

/** A value in extended JSON, so that types count, without what no two servers share. */
function told(value: unknown): unknown {
  return masked(BSON.EJSON.serialize(value as never, { relaxed: false }));
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !UNTOLD.has(name));
  return Object.fromEntries(
    fields.map(([name, inner]) => {
      // A cursor's number only says whether there is more; the times that mongoose sets are those of the run.
      if (name === "cursor" && typeof inner === "object") return [name, masked({ ...inner, id: undefined })];
      if (name === "getMore" || name === "writeErrors") return [name, name === "getMore" ? "<cursor>" : codes(inner)];
      if ((name === "createdAt" || name === "updatedAt") && typeof inner === "object") return [name, "<time>"];
      return [name, masked(inner)];
    }),
  );
}

/** Of a write error, what programs look at. */
function codes(errors: unknown): unknown {
  return (errors as Record<string, unknown>[]).map(({ index, code, keyPattern, keyValue }) => ({
    index,
    code,
    ...(code === 11000 && keyPattern ? { keyPattern, keyValue } : {}),
  }));
}

const fileOf = (name: string): string => join(import.meta.dirname, "recordings", `${name}.json`);

export function readRecording(name: string): Exchange[] {
  return existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), "utf8")) as Exchange[]) : [];
}

export function writeRecording(name: string, exchanges: readonly Exchange[]): void {
  writeFileSync(fileOf(name), `[\n${exchanges.map((exchange) => JSON.stringify(exchange)).join(",\n")}\n]\n`);
}
