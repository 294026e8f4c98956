import { createHash } from "node:crypto";
import { arityAllows } from "../command";
import { RedisError } from "../errors";
import { ErrorReply, NO_REPLY, type Reply } from "../reply";
import { errorReply, type Server } from "../server";
import type { Session } from "../session";
import { REDIS_VERSION } from "../version";
import { type Library, LuaError, LuaTable, type LuaValue, stringArgument } from "./lua-value";
import { errorTable, luaToArgument, replyToLua } from "./script-values";

/** The running script: for whom it runs, and what it may do. */
export interface ScriptRun {
  /** A session of its own, so that SELECT and RESP versions end with the script. */
  session: Session;
  readOnly: boolean;
}

const VERSION_NUMBER = REDIS_VERSION.split(".").reduce((sum, part) => (sum << 8) | Number(part), 0);

/** The library `redis`. `current` tells which script is running. */
export function redisLibrary(
  server: Server,
  current: () => ScriptRun,
): { functions: Library; constants: Record<string, LuaValue> } {
  const constants: Record<string, LuaValue> = {
    LOG_DEBUG: 0,
    LOG_VERBOSE: 1,
    LOG_NOTICE: 2,
    LOG_WARNING: 3,
    REPL_NONE: 0,
    REPL_AOF: 1,
    REPL_SLAVE: 2,
    REPL_REPLICA: 2,
    REPL_ALL: 3,
    REDIS_VERSION: Buffer.from(REDIS_VERSION),
    REDIS_VERSION_NUM: VERSION_NUMBER,
  };
  const functions: Library = {
    call: (args) => {
      const reply = execute(server, current(), args);
      if (reply instanceof ErrorReply) throw new LuaError(errorTable(reply.message));
      return [replyToLua(reply, current().session.protocol)];
    },
    pcall: (args) => [replyToLua(execute(server, current(), args), current().session.protocol)],
    error_reply: (args) => [errorReplyTable(singleString(args).toString("latin1"))],
    status_reply: (args) => [LuaTable.fromFields({ ok: singleString(args) })],
    sha1hex: (args) => {
      if (args.length !== 1) throw new LuaError("wrong number of arguments");
      const text = stringArgument(args, 0, "sha1hex");
      return [Buffer.from(createHash("sha1").update(text).digest("hex"))];
    },
    log: (args) => {
      if (args.length < 2) throw new LuaError("redis.log() requires two arguments or more.");
      const words = args.slice(1).map((_, i) => stringArgument(args, i + 1, "log").toString());
      console.log("redis script:", words.join(" "));
      return [];
    },
    setresp: ([version]) => {
      if (version !== 2 && version !== 3) throw new LuaError("RESP version must be 2 or 3.");
      current().session.protocol = version;
      return [];
    },
    // Scripts are neither replicated nor debugged here.
    set_repl: () => [],
    replicate_commands: () => [true],
    breakpoint: () => [false],
    debug: () => [],
    acl_check_cmd: (args) => [server.commands.has(stringArgument(args, 0, "acl_check_cmd").toString().toLowerCase())],
  };
  return { functions, constants };
}

function singleString(args: readonly LuaValue[]): Buffer {
  const [text] = args;
  if (args.length !== 1 || !(text instanceof Uint8Array)) throw new LuaError("wrong number or type of arguments");
  return text;
}

/** `-CODE message`, `CODE message` or a bare word, which gets the code ERR. */
function errorReplyTable(text: string): LuaTable {
  const message = text.replace(/^-/, "").replace(/[\r\n]+$/, "");
  return LuaTable.fromFields({ err: Buffer.from(message.includes(" ") ? message : `ERR ${message}`, "latin1") });
}

function execute(server: Server, run: ScriptRun, args: readonly LuaValue[]): Reply {
  if (args.length === 0) {
    return new ErrorReply("ERR Please specify at least one argument for this redis lib call");
  }
  const argv: Buffer[] = [];
  for (const arg of args) {
    const bytes = luaToArgument(arg);
    if (bytes === null) {
      return new ErrorReply("ERR Lua redis lib command arguments must be strings or integers");
    }
    argv.push(bytes);
  }
  try {
    const reply = server.run(run.session, allowedCommand(server, run, argv), argv, false);
    return reply === NO_REPLY ? null : reply;
  } catch (error) {
    return errorReply(error);
  }
}

function allowedCommand(server: Server, run: ScriptRun, argv: Buffer[]) {
  const command = server.commands.get(argv[0]!.toString("latin1").toLowerCase());
  if (!command) throw new RedisError("ERR Unknown Redis command called from script");
  if (!arityAllows(command.arity, argv.length)) {
    throw new RedisError("ERR Wrong number of args calling Redis command from script");
  }
  if (command.flags.includes("noscript")) {
    throw new RedisError("ERR This Redis command is not allowed from script");
  }
  if (run.readOnly && command.flags.includes("write")) {
    throw new RedisError("ERR Write commands are not allowed from read-only scripts.");
  }
  return command;
}
