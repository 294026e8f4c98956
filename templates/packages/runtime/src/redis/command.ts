import type { Arguments } from "./arguments";
import type { Database } from "./database";
import { RedisError, wrongArity } from "./errors";
import type { Reply } from "./reply";
import type { Server } from "./server";
import type { Session } from "./session";

/** Flags of a command, as COMMAND lists them. */
export type CommandFlag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "pubsub"
  | "noscript"
  | "blocking"
  | "fast"
  | "no-auth"
  | "no-multi"
  | "movablekeys";

/** What a running command can reach. */
export interface Context {
  readonly server: Server;
  /** The client: its protocol, its database number, its transaction. */
  readonly session: Session;
  /** The client's selected database. */
  readonly db: Database;
  /** Waits for keys, where waiting is possible. Inside MULTI and scripts `otherwise` is returned at once. */
  block(wait: Wait): Reply;
}

/** Why a client blocks, and how it gets on. */
export interface Wait {
  /** The keys whose change may end the wait. */
  keys: Buffer[];
  /** Milliseconds; 0: for ever. */
  timeout: number;
  /** Tries again; undefined: still nothing. A RedisError becomes the reply. */
  attempt(): Reply | undefined;
  /** The reply when time is up. */
  otherwise: Reply;
  /** The reply where waiting is not possible, if it is another one. */
  atOnce?: Reply;
}

/** Positions of the keys among the arguments, the name being number 0; `last` may count from the end (-1). */
export interface KeyPositions {
  first: number;
  last: number;
  step: number;
}

export interface Command {
  readonly name: string;
  /** Number of arguments with the name; negative: at least that many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  readonly keys: KeyPositions;
  run(context: Context, args: Arguments): Reply;
}

/** A row of a command table. `keys` is `first last step` as in COMMAND's answer. */
export function command(
  name: string,
  arity: number,
  flags: string,
  keys: readonly [first: number, last: number, step: number],
  run: Command["run"],
): Command {
  const [first, last, step] = keys;
  return {
    name,
    arity,
    flags: flags === "" ? [] : (flags.split(" ") as CommandFlag[]),
    keys: { first, last, step },
    run,
  };
}

/** The usual key positions. */
export const ONE_KEY = [1, 1, 1] as const;
export const TWO_KEYS = [1, 2, 1] as const;
export const ALL_KEYS = [1, -1, 1] as const;
export const NO_KEYS = [0, 0, 0] as const;

export function arityAllows(arity: number, count: number): boolean {
  return arity >= 0 ? count === arity : count >= -arity;
}

/** One subcommand: its arity counts the command's and its own name. */
export interface Subcommand {
  arity: number;
  run: Command["run"];
}

/** Runs the subcommand that the first argument names; it receives all arguments, its own name first. */
export function dispatch(name: string, table: Record<string, Subcommand>, context: Context, args: Arguments): Reply {
  const wanted = args.keyword(0);
  const subcommand = Object.hasOwn(table, wanted) ? table[wanted] : undefined;
  if (!subcommand) {
    throw new RedisError(`ERR unknown subcommand '${args.text(0).slice(0, 128)}'. Try ${name.toUpperCase()} HELP.`);
  }
  if (!arityAllows(subcommand.arity, args.length + 1)) {
    throw wrongArity(`${name}|${wanted}`);
  }
  return subcommand.run(context, args);
}
