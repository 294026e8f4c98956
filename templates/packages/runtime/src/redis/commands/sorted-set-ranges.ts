import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY, TWO_KEYS } from "../command";
import type { Database } from "../database";
import { RedisError, syntaxError } from "../errors";
import type { KeyRecord } from "../keyspace";
import type { Reply } from "../reply";
import {
  EVERYTHING,
  readByLex,
  readByScore,
  readOrdered,
  type Scored,
  storeMembers,
  type Window,
} from "../storage/zset";
import { rankWindow } from "./sorted-sets";
import { readLexInterval, readScoreInterval, scoredReply } from "./zset-arguments";

type By = "rank" | "score" | "lex";

/** What ZRANGE and its older relatives ask for. The first key is at `keyIndex`, the bounds follow it. */
interface RangeQuery {
  by: By;
  reverse: boolean;
  withScores: boolean;
  window: Window;
}

/** What a command's name already settles; the rest are options. */
interface Fixed {
  by?: By;
  reverse?: boolean;
  /** ZRANGESTORE: no WITHSCORES. */
  store?: boolean;
}

function readQuery(args: Arguments, optionsAt: number, fixed: Fixed): RangeQuery {
  const query: RangeQuery = {
    by: fixed.by ?? "rank",
    reverse: fixed.reverse ?? false,
    withScores: false,
    window: EVERYTHING,
  };
  let limited = false;
  for (let i = optionsAt; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "WITHSCORES" && !fixed.store) {
      query.withScores = true;
    } else if (option === "LIMIT" && i + 2 < args.length) {
      limited = true;
      const offset = args.integer(i + 1);
      const limit = args.integer(i + 2);
      // A negative offset selects nothing.
      query.window = offset < 0 ? { offset: 0, limit: 0 } : { offset, limit };
      i += 2;
    } else if (option === "REV" && fixed.reverse === undefined) {
      query.reverse = true;
    } else if (option === "BYSCORE" && fixed.by === undefined) {
      query.by = "score";
    } else if (option === "BYLEX" && fixed.by === undefined) {
      query.by = "lex";
    } else {
      throw syntaxError();
    }
  }
  if (limited && query.by === "rank") {
    throw new RedisError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  if (query.withScores && query.by === "lex") {
    throw new RedisError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  return query;
}

/** Reads the bounds at `index` and `index + 1` before the key is looked at, as Redis reports errors in this order. */
function rangeReader(db: Database, args: Arguments, index: number, query: RangeQuery): (record: KeyRecord) => Scored[] {
  const { by, reverse, window } = query;
  if (by === "rank") {
    const [start, stop] = [args.integer(index), args.integer(index + 1)];
    return (record) => {
      const ranks = rankWindow(record.size, start, stop);
      return ranks ? readOrdered(db, record, reverse, ranks) : [];
    };
  }
  // The reversed commands take the upper bound first.
  const [min, max] = reverse ? [index + 1, index] : [index, index + 1];
  if (by === "score") {
    const interval = readScoreInterval(args, min, max);
    return (record) => readByScore(db, record, interval, reverse, window);
  }
  const interval = readLexInterval(args, min, max);
  return (record) => readByLex(db, record, interval, reverse, window);
}

function range(fixed: Fixed): Command["run"] {
  return ({ db, session }: Context, args: Arguments): Reply => {
    const query = readQuery(args, 3, fixed);
    const read = rangeReader(db, args, 1, query);
    const record = db.typed(args.bytes(0), "zset");
    const members = record ? read(record) : [];
    return scoredReply(members, query.withScores, session.protocol);
  };
}

function zrangestore({ db }: Context, args: Arguments): Reply {
  const query = readQuery(args, 4, { store: true });
  const read = rangeReader(db, args, 2, query);
  const record = db.typed(args.bytes(1), "zset");
  const members = record ? read(record) : [];
  storeMembers(db, args.bytes(0), members, "zrangestore");
  return members.length;
}

export const sortedSetRangeCommands: Command[] = [
  command("zrange", -4, "readonly", ONE_KEY, range({})),
  command("zrevrange", -4, "readonly", ONE_KEY, range({ by: "rank", reverse: true })),
  command("zrangebyscore", -4, "readonly", ONE_KEY, range({ by: "score", reverse: false })),
  command("zrevrangebyscore", -4, "readonly", ONE_KEY, range({ by: "score", reverse: true })),
  command("zrangebylex", -4, "readonly", ONE_KEY, range({ by: "lex", reverse: false })),
  command("zrevrangebylex", -4, "readonly", ONE_KEY, range({ by: "lex", reverse: true })),
  command("zrangestore", -5, "write denyoom", TWO_KEYS, zrangestore),
];
