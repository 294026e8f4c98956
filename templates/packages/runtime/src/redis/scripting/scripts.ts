import { createHash } from "node:crypto";
import { RedisError } from "../errors";
import type { Reply } from "../reply";
import type { Server } from "../server";
import type { Session } from "../session";
import { type FunctionReference, type LuaMachine, ScriptError } from "./lua-machine";
import { LuaTable } from "./lua-value";
import { newScriptMachine, type Running, runScript } from "./running";

/**
 * Scripts kept at most. A client that puts values into the text of its scripts instead of ARGV would fill the memory; when there are
 * too many, all are forgotten, and EVALSHA is answered with NOSCRIPT as after a restart.
 */
const MAX_SCRIPTS = 1000;

interface CachedScript {
  reference: FunctionReference;
  /** Declared by `#!lua flags=no-writes`. */
  readOnly: boolean;
}

/**
 * Scripts of EVAL. Each runs from start to end without another command in between, so it is atomic.
 *
 * As in Redis the cache of EVALSHA does not outlive the server; here that is the Durable Object's stay in memory. Clients answer
 * NOSCRIPT by sending the script again.
 */
export class Scripts {
  private readonly server: Server;
  private readonly cache = new Map<string, CachedScript>();
  private machine: LuaMachine | null = null;
  private readonly running: Running = { current: null };

  constructor(server: Server) {
    this.server = server;
  }

  get size(): number {
    return this.cache.size;
  }

  has(sha: string): boolean {
    return this.cache.has(sha.toLowerCase());
  }

  flush(): void {
    this.cache.clear();
    this.machine = null;
  }

  /** Compiles a script if it is new; returns its SHA1 in hexadecimal. */
  load(source: Buffer): string {
    const sha = createHash("sha1").update(source).digest("hex");
    if (this.cache.has(sha)) return sha;
    if (this.cache.size >= MAX_SCRIPTS) this.flush();
    const { body, flags } = readShebang(source);
    try {
      const reference = this.lua().compile(body, "@user_script");
      this.cache.set(sha, { reference, readOnly: flags.includes("no-writes") });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      throw new RedisError(`ERR Error compiling script (new function): ${error.message}`);
    }
    return sha;
  }

  /** Runs a script that has been loaded. */
  run(sha: string, session: Session, keys: readonly Buffer[], args: readonly Buffer[], readOnly: boolean): Reply {
    const script = this.cache.get(sha);
    if (!script) throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
    const lua = this.lua();
    lua.setGlobal("KEYS", LuaTable.fromList([...keys]));
    lua.setGlobal("ARGV", LuaTable.fromList([...args]));
    return runScript(this.running, session, readOnly || script.readOnly, sha, () => lua.call(script.reference));
  }

  private lua(): LuaMachine {
    this.machine ??= newScriptMachine(this.server, this.running);
    return this.machine;
  }
}

/** `#!lua flags=a,b` in the first line, which is left empty so that line numbers stay right. */
function readShebang(source: Buffer): { body: Buffer; flags: string[] } {
  if (source[0] !== 0x23 || source[1] !== 0x21) return { body: source, flags: [] };
  const end = source.indexOf("\n");
  const line = source.toString("latin1", 0, end < 0 ? source.length : end);
  const [engine, ...options] = line.slice(2).trim().split(/\s+/);
  if (engine !== "lua") throw new RedisError(`ERR Unexpected engine in script shebang: #!${engine ?? ""}`);
  const flags: string[] = [];
  for (const option of options) {
    if (!option.startsWith("flags=")) throw new RedisError(`ERR Unknown lua shebang option: ${option}`);
    flags.push(...option.slice(6).split(",").filter(Boolean));
  }
  return { body: end < 0 ? Buffer.alloc(0) : source.subarray(end), flags };
}
