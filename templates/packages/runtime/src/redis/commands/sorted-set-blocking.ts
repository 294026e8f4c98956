import type { Arguments } from "../arguments";
import { type Command, command, type Context, NO_KEYS } from "../command";
import { syntaxError } from "../errors";
import { DoubleReply, NULL_ARRAY, type Reply } from "../reply";
import { popMembers } from "./sorted-sets";
import { readPopCount, readTimeout, TOO_FEW_KEYS } from "./blocking-arguments";

function blockingPop(highest: boolean): Command["run"] {
  return (context, args) => {
    const { db } = context;
    const timeout = readTimeout(args, args.length - 1);
    const keys = args.list.slice(0, -1).map((key) => Buffer.from(key));
    const attempt = () => {
      for (const key of keys) {
        const record = db.find(key);
        if (record?.type !== "zset") continue;
        const [popped] = popMembers(context, record, highest, 1);
        return [key, popped!.member, new DoubleReply(popped!.score)];
      }
      return undefined;
    };
    checkTypes(context, keys);
    return attempt() ?? context.block({ keys, timeout, attempt, otherwise: NULL_ARRAY });
  };
}

/** WRONGTYPE for a key of another type, unless one before it can be served. */
function checkTypes({ db }: Context, keys: readonly Buffer[]): void {
  for (const key of keys) {
    if (db.typed(key, "zset")) return;
  }
}

/** ZMPOP and BZMPOP; `first` is the index of numkeys. */
function multiPop(context: Context, args: Arguments, first: number, timeout: number | null): Reply {
  const { db } = context;
  const [views, next] = args.countedKeys(first, TOO_FEW_KEYS, TOO_FEW_KEYS);
  const keys = views.map((key) => Buffer.from(key));
  const end = args.keyword(next);
  if (end !== "MIN" && end !== "MAX") throw syntaxError();
  const count = readPopCount(args, next + 1);
  const attempt = () => {
    for (const key of keys) {
      const record = db.find(key);
      if (record?.type !== "zset") continue;
      const popped = popMembers(context, record, end === "MAX", count);
      const pairs = popped.map(({ member, score }): Reply => [member, new DoubleReply(score)]);
      return [key, pairs];
    }
    return undefined;
  };
  checkTypes(context, keys);
  const reply = attempt();
  if (reply) return reply;
  return timeout === null ? NULL_ARRAY : context.block({ keys, timeout, attempt, otherwise: NULL_ARRAY });
}

export const sortedSetBlockingCommands: Command[] = [
  command("bzpopmin", -3, "write blocking fast", [1, -2, 1], blockingPop(false)),
  command("bzpopmax", -3, "write blocking fast", [1, -2, 1], blockingPop(true)),
  command("zmpop", -4, "write movablekeys", NO_KEYS, (context, args) => multiPop(context, args, 0, null)),
  command("bzmpop", -5, "write blocking movablekeys", NO_KEYS, (context, args) =>
    multiPop(context, args, 1, readTimeout(args, 0)),
  ),
];
