import { randomUUID } from "node:crypto";
import {
  Binary,
  Code,
  Decimal128,
  type Doc,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from "../bson/values";
import type { Server } from "../server";
import { databaseProxy, ShellDatabase } from "./database";

type Anything = (...values: never[]) => unknown;

/** A class that may be called without `new`, as the shell's types are. */
function callable<T>(make: (...values: never[]) => T, properties: object = {}): Anything {
  function construct(...values: never[]): T {
    return make(...values);
  }
  return Object.assign(construct as unknown as Anything, properties);
}

/** What a script for the shell finds besides `db`. */
export function shellGlobals(
  server: Server,
  environment: Record<string, unknown>,
  setDatabase: (database: unknown) => void,
): Record<string, unknown> {
  const texts = Object.entries(environment).filter(([, value]) => typeof value === "string");
  const open = (name: string): ShellDatabase => databaseProxy(new ShellDatabase(server, name));
  const connection = { getDB: open, getDatabase: open, setReadPref: () => undefined };
  return {
    ...types(),
    console,
    process: { env: Object.fromEntries(texts), argv: ["mongosh"], exit: () => undefined },
    _getEnv: (name: string) => environment[name] ?? "",
    print: (...values: unknown[]) => console.log(...values.map(printed)),
    printjson: (value: unknown) => console.log(printed(value)),
    tojson: (value: unknown) => JSON.stringify(value),
    sleep: () => undefined,
    quit: () => undefined,
    exit: () => undefined,
    use: (name: string) => setDatabase(open(name)),
    connect: (url: string) => open(/\/([^/?]+)(?:\?|$)/.exec(url.replace(/^mongodb:\/\//, ""))?.[1] ?? "test"),
    Mongo: callable(() => connection),
    rs: replicaSetHelpers(server),
    load: (name: string) => {
      throw new Error(`load("${name}") is not possible: each script is run on its own`);
    },
    cat: (name: string) => {
      throw new Error(`cat("${name}") is not possible: there are no files beside the scripts`);
    },
    require: (name: string) => {
      throw new Error(`require("${name}") is not possible in an init script that runs in a Worker`);
    },
  };
}

const printed = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function types(): Record<string, unknown> {
  return {
    ObjectId: callable((id?: string) => new ObjectId(id), {
      isValid: (value: string) => ObjectId.isValid(value),
      createFromHexString: (text: string) => ObjectId.createFromHexString(text),
    }),
    ISODate: callable((text?: string) => (text === undefined ? new Date() : new Date(text))),
    NumberLong: callable((value: string | number) => Long.fromString(String(value))),
    Long: callable((value: string | number) => Long.fromString(String(value)), {
      fromString: Long.fromString,
      fromNumber: Long.fromNumber,
    }),
    NumberInt: callable((value: string | number) => Number(value) | 0),
    Int32: callable((value: string | number) => Number(value) | 0),
    Double: callable((value: number) => new Double(Number(value))),
    NumberDecimal: callable((value: string | number) => Decimal128.fromString(String(value))),
    Decimal128: callable((value: string | number) => Decimal128.fromString(String(value)), {
      fromString: (text: string) => Decimal128.fromString(text),
    }),
    Timestamp: callable((t: number, i: number) => new Timestamp({ t: Number(t), i: Number(i) })),
    UUID: callable((text?: string) => new UUID(text ?? randomUUID())),
    BinData: callable((subtype: number, text: string) => new Binary(Buffer.from(text, "base64"), subtype)),
    Code: callable((code: string, scope?: Doc) => new Code(code, scope)),
    MinKey: callable(() => new MinKey()),
    MaxKey: callable(() => new MaxKey()),
    DBRef: callable(($ref: string, $id: unknown) => ({ $ref, $id })),
  };
}

/** Scripts that set up a replica set find that it is there. */
function replicaSetHelpers(server: Server): Doc {
  const run = (command: Doc) => () => server.runInternally("admin", command);
  return {
    status: run({ replSetGetStatus: 1 }),
    conf: () => server.runInternally("admin", { replSetGetConfig: 1 }).config,
    initiate: () => {
      server.runInternally("admin", { replSetGetStatus: 1 });
      return { ok: 1 };
    },
    add: () => ({ ok: 1 }),
    isMaster: run({ isMaster: 1 }),
    hello: run({ hello: 1 }),
    secondaryOk: () => undefined,
  };
}
