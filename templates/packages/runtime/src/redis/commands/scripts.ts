import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, type Subcommand } from "../command";
import { RedisError, syntaxError } from "../errors";
import { MapReply, OK, type Reply } from "../reply";

/** EVAL and its kin; the script or its SHA1 is the first argument. */
function evaluate(bySha: boolean, readOnly: boolean): Command["run"] {
  return ({ server, session }: Context, args: Arguments): Reply => {
    const count = args.integer(1);
    if (count > args.length - 2) {
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    }
    if (count < 0) throw new RedisError("ERR Number of keys can't be negative");
    const sha = bySha ? args.text(0).toLowerCase() : server.scripts.load(args.bytes(0));
    return server.scripts.run(sha, session, args.list.slice(2, 2 + count), args.from(2 + count), readOnly);
  };
}

/** FCALL and FCALL_RO. */
function callFunction(readOnly: boolean): Command["run"] {
  return ({ server, session }, args) => {
    const count = args.integer(1, "ERR Bad number of keys provided");
    if (count > args.length - 2) {
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    }
    if (count < 0) throw new RedisError("ERR Number of keys can't be negative");
    return server.functions.call(args.text(0), session, args.list.slice(2, 2 + count), args.from(2 + count), readOnly);
  };
}

const FUNCTION: Record<string, Subcommand> = {
  LOAD: {
    arity: -3,
    run: ({ server }, args) => {
      const replace = args.length === 3 && args.keyword(1) === "REPLACE";
      if (args.length > 2 && !replace) throw new RedisError(`ERR Unknown option given: ${args.text(1)}`);
      return server.functions.load(args.bytes(args.length - 1), replace);
    },
  },
  DELETE: {
    arity: 3,
    run: ({ server }, args) => {
      server.functions.delete(args.text(1));
      return OK;
    },
  },
  FLUSH: {
    arity: -2,
    run: ({ server }, args) => {
      if (args.length > 2 || (args.length === 2 && !/^A?SYNC$/.test(args.keyword(1)))) {
        throw new RedisError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
      }
      server.functions.flush();
      return OK;
    },
  },
  LIST: {
    arity: -2,
    run: ({ server }, args) => {
      let pattern: string | null = null;
      let withCode = false;
      for (let i = 1; i < args.length; i++) {
        const option = args.keyword(i);
        if (option === "WITHCODE") withCode = true;
        else if (option === "LIBRARYNAME" && i + 1 < args.length) pattern = args.text(++i);
        else throw new RedisError(`ERR Unknown argument ${args.text(i)}`);
      }
      return server.functions.list(pattern, withCode);
    },
  },
  STATS: {
    arity: 2,
    run: ({ server }) => {
      const { libraries, functions } = server.functions.counts();
      const lua = new MapReply([
        ["libraries_count", libraries],
        ["functions_count", functions],
      ]);
      return new MapReply([
        ["running_script", null],
        ["engines", new MapReply([["LUA", lua]])],
      ]);
    },
  },
  KILL: {
    arity: 2,
    run: () => {
      throw new RedisError("NOTBUSY No scripts in execution right now.");
    },
  },
};

const SCRIPT: Record<string, Subcommand> = {
  LOAD: { arity: 3, run: ({ server }, args) => server.scripts.load(args.bytes(1)) },
  EXISTS: {
    arity: -3,
    run: ({ server }, args) => args.from(1).map((sha) => (server.scripts.has(sha.toString("latin1")) ? 1 : 0)),
  },
  FLUSH: {
    arity: -2,
    run: ({ server }, args) => {
      if (args.length > 2 || (args.length === 2 && !/^A?SYNC$/.test(args.keyword(1)))) {
        throw new RedisError("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
      }
      server.scripts.flush();
      return OK;
    },
  },
  KILL: {
    arity: 2,
    // No command is executed while a script runs, so this one never finds any.
    run: () => {
      throw new RedisError("NOTBUSY No scripts in execution right now.");
    },
  },
  DEBUG: {
    arity: 3,
    run: (_, args) => {
      if (args.keyword(1) !== "NO") {
        if (!/^(?:YES|SYNC)$/.test(args.keyword(1))) throw syntaxError();
        throw new RedisError("ERR the script debugger is not supported by this server");
      }
      return OK;
    },
  },
};

export const scriptCommands: Command[] = [
  command("eval", -3, "noscript movablekeys", NO_KEYS, evaluate(false, false)),
  command("evalsha", -3, "noscript movablekeys", NO_KEYS, evaluate(true, false)),
  command("eval_ro", -3, "noscript readonly movablekeys", NO_KEYS, evaluate(false, true)),
  command("evalsha_ro", -3, "noscript readonly movablekeys", NO_KEYS, evaluate(true, true)),
  command("fcall", -3, "noscript movablekeys", NO_KEYS, callFunction(false)),
  command("fcall_ro", -3, "noscript readonly movablekeys", NO_KEYS, callFunction(true)),
  command("function", -2, "noscript", NO_KEYS, (context, args) => dispatch("function", FUNCTION, context, args)),
  command("script", -2, "noscript", NO_KEYS, (context, args) => dispatch("script", SCRIPT, context, args)),
];
