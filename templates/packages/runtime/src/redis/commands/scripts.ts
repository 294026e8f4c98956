import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, type Subcommand } from "../command";
import { RedisError, syntaxError } from "../errors";
import { OK, type Reply } from "../reply";

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
  command("script", -2, "noscript", NO_KEYS, (context, args) => dispatch("script", SCRIPT, context, args)),
];
