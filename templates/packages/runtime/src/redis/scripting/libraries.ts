import { RedisError } from "../errors";
import { globMatches } from "../glob";
import { MapReply, type Reply, SetReply, Status } from "../reply";
import type { Server } from "../server";
import type { Session } from "../session";
import { type FunctionReference, LuaMachine, type RegisteredFunction, ScriptError } from "./lua-machine";
import { LuaTable } from "./lua-value";
import { newScriptMachine, runScript, type Running } from "./running";

interface LibraryFunction {
  library: string;
  reference: FunctionReference;
  flags: string[];
  description: string | null;
}

interface LoadedLibrary {
  code: Buffer;
  functions: Map<string, LibraryFunction>;
}

const FLAGS = new Set(["no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys"]);

/**
 * Libraries of FUNCTION. Unlike scripts they are data: they are kept on disk and compiled again when the server starts.
 *
 * All run in one machine. Deleting a library leaves its compiled code behind there until the next start.
 */
export class FunctionLibraries {
  private readonly server: Server;
  private readonly running: Running = { current: null };
  private machine: LuaMachine | null = null;
  private libraries: Map<string, LoadedLibrary> | null = null;

  constructor(server: Server) {
    this.server = server;
  }

  /** Compiles a library and keeps it; returns its name. */
  load(code: Buffer, replace: boolean): string {
    const name = readName(code);
    const libraries = this.all();
    if (libraries.has(name) && !replace) throw new RedisError(`ERR Library '${name}' already exists`);
    const functions = this.compile(name, code);
    for (const functionName of functions.keys()) {
      const other = this.find(functionName);
      if (other && other.library !== name) throw new RedisError(`ERR Function ${functionName} already exists`);
    }
    libraries.set(name, { code: Buffer.from(code), functions });
    this.server.keyspace.sql.exec("INSERT OR REPLACE INTO functions (name, code) VALUES (?, ?)", name, code);
    return name;
  }

  delete(name: string): void {
    if (!this.all().delete(name)) throw new RedisError("ERR Library not found");
    this.server.keyspace.sql.exec("DELETE FROM functions WHERE name = ?", name);
  }

  flush(): void {
    this.libraries = new Map();
    this.machine = null;
    this.server.keyspace.sql.exec("DELETE FROM functions");
  }

  call(name: string, session: Session, keys: readonly Buffer[], args: readonly Buffer[], readOnly: boolean): Reply {
    const found = this.find(name);
    if (!found) throw new RedisError("ERR Function not found");
    const declared = found.flags.includes("no-writes");
    if (readOnly && !declared) {
      throw new RedisError("ERR Can not execute a script with write flag using *_ro command.");
    }
    return runScript(this.running, session, declared, name, () =>
      this.lua().call(found.reference, [LuaTable.fromList([...keys]), LuaTable.fromList([...args])]),
    );
  }

  /** FUNCTION LIST's answer, for the libraries whose names match. */
  list(pattern: string | null, withCode: boolean): Reply {
    return [...this.all()]
      .filter(([name]) => pattern === null || globMatches(pattern, name, true))
      .map(
        ([name, { code, functions }]) =>
          new MapReply([
            ["library_name", name],
            ["engine", "LUA"],
            ["functions", [...functions].map(([functionName, entry]) => describe(functionName, entry))],
            ...(withCode ? [["library_code", code] as [Reply, Reply]] : []),
          ]),
      );
  }

  counts(): { libraries: number; functions: number } {
    const libraries = [...this.all().values()];
    return { libraries: libraries.length, functions: libraries.reduce((n, { functions }) => n + functions.size, 0) };
  }

  private find(name: string): LibraryFunction | undefined {
    for (const { functions } of this.all().values()) {
      const found = functions.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The libraries; the first call compiles what is on disk. */
  private all(): Map<string, LoadedLibrary> {
    if (this.libraries) return this.libraries;
    const loaded = new Map<string, LoadedLibrary>();
    const rows = this.server.keyspace.sql
      .exec<{ name: string; code: ArrayBuffer }>("SELECT name, code FROM functions ORDER BY name")
      .toArray();
    for (const { name, code } of rows) {
      loaded.set(name, { code: Buffer.from(code), functions: this.compile(name, Buffer.from(code)) });
    }
    this.libraries = loaded;
    return loaded;
  }

  private compile(library: string, code: Buffer): Map<string, LibraryFunction> {
    let registered: RegisteredFunction[];
    try {
      registered = this.lua().loadLibrary(withoutFirstLine(code));
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      throw new RedisError(`ERR Error registering functions: ${error.message.replace(/^ERR /, "")}`);
    }
    if (registered.length === 0) throw new RedisError("ERR No functions registered");
    const functions = new Map<string, LibraryFunction>();
    for (const { name, reference, flags, description } of registered) {
      if (!/^\w+$/.test(name)) {
        throw new RedisError(
          "ERR Error registering functions: Function names can only contain letters, numbers, or underscores(_) and must be at least one character long",
        );
      }
      const unknown = flags.find((flag) => !FLAGS.has(flag));
      if (unknown !== undefined) throw new RedisError("ERR Error registering functions: unknown flag given");
      if (functions.has(name)) {
        throw new RedisError("ERR Error registering functions: Function already exists in the library");
      }
      functions.set(name, { library, reference, flags, description });
    }
    return functions;
  }

  private lua(): LuaMachine {
    this.machine ??= newScriptMachine(this.server, this.running);
    return this.machine;
  }
}

function describe(name: string, { flags, description }: LibraryFunction): Reply {
  return new MapReply([
    ["name", name],
    ["description", description],
    ["flags", new SetReply(flags.map((flag) => new Status(flag)))],
  ]);
}

/** The name in the library's first line, `#!lua name=mylib`. */
function readName(code: Buffer): string {
  const [line = ""] = code.toString("latin1").split("\n", 1);
  if (!line.startsWith("#!")) throw new RedisError("ERR Missing library metadata");
  const [engine = "", ...options] = line.slice(2).trim().split(/\s+/);
  if (engine.toLowerCase() !== "lua") throw new RedisError(`ERR Engine '${engine}' not found`);
  const name = options.find((option) => option.startsWith("name="))?.slice("name=".length);
  if (name === undefined) throw new RedisError("ERR Library name was not given");
  if (!/^\w+$/.test(name)) {
    throw new RedisError(
      "ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long",
    );
  }
  return name;
}

/** The line is left empty, so that line numbers stay right. */
function withoutFirstLine(code: Buffer): Buffer {
  const end = code.indexOf("\n");
  return end < 0 ? Buffer.alloc(0) : code.subarray(end);
}
