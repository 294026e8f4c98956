import { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY } from "../command";
import { notAFloat, RedisError, syntaxError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { formatDouble, parseDouble } from "../numbers";
import { DoubleReply, NULL_ARRAY, type Reply } from "../reply";
import {
  countInterval,
  EVERYTHING,
  getScore,
  putScore,
  rankOf,
  readByLex,
  readByScore,
  readOrdered,
  removeMembers,
  type Scored,
} from "../storage/zset";
import { randomSample } from "./random";
import { readScanOptions, scanReply } from "./scan";
import { readLexInterval, readScoreInterval, scoredReply } from "./zset-arguments";

interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  ch: boolean;
  incr: boolean;
}

/** What became of one member. */
type Outcome = "added" | "updated" | "unchanged" | "refused";

function readAddOptions(args: Arguments): [AddOptions, number] {
  const options: AddOptions = {
    nx: false,
    xx: false,
    gt: false,
    lt: false,
    ch: false,
    incr: false,
  };
  let i = 1;
  for (; i < args.length; i++) {
    const option = args.keyword(i).toLowerCase();
    if (!Object.hasOwn(options, option)) break;
    options[option as keyof AddOptions] = true;
  }
  return [options, i];
}

function checkAddOptions(options: AddOptions, rest: readonly Buffer[]): void {
  if (rest.length === 0 || rest.length % 2 !== 0) throw syntaxError();
  if (options.nx && options.xx) {
    throw new RedisError("ERR XX and NX options at the same time are not compatible");
  }
  if ((options.gt && options.lt) || (options.nx && (options.gt || options.lt))) {
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (options.incr && rest.length > 2) {
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  }
}

function zadd(context: Context, args: Arguments): Reply {
  const [options, start] = readAddOptions(args);
  const rest = args.from(start);
  checkAddOptions(options, rest);
  const members: Scored[] = [];
  for (let i = 0; i < rest.length; i += 2) {
    const score = parseDouble(rest[i]!);
    if (score === null) throw notAFloat();
    members.push({ score, member: rest[i + 1]! });
  }
  return addMembers(context, args.bytes(0), members, options);
}

/** ZADD with arguments made by another command. */
export function zaddCommand(context: Context, list: Buffer[]): Reply {
  return zadd(context, new Arguments(list));
}

function addMembers({ db }: Pick<Context, "db">, key: Buffer, members: readonly Scored[], options: AddOptions): Reply {
  let record = db.typed(key, "zset");
  if (record === null) {
    if (options.xx) return options.incr ? null : 0;
    record = db.create(key, "zset");
  }
  let added = 0;
  let updated = 0;
  let size = record.size;
  let result: number | null = null;
  try {
    for (const member of members) {
      const [outcome, score] = addOne(db, record, member, options);
      if (outcome === "added") {
        added++;
        size++;
      } else if (outcome === "updated") {
        updated++;
      }
      result = outcome === "refused" ? null : score;
    }
  } finally {
    // Also when a NaN stops it half-way: what was added before stays.
    db.keyspace.resize(record, size);
  }
  if (added + updated > 0) {
    db.changed(key, "z", options.incr ? "zincr" : "zadd");
  }
  if (options.incr) return result === null ? null : new DoubleReply(result);
  return options.ch ? added + updated : added;
}

function addOne(
  db: Context["db"],
  record: KeyRecord,
  { member, score: given }: Scored,
  options: AddOptions,
): [Outcome, number] {
  const current = getScore(db, record, member);
  if (current === null) {
    if (options.xx) return ["refused", given];
    putScore(db, record, member, given);
    return ["added", given];
  }
  if (options.nx) return ["refused", current];
  const score = options.incr ? current + given : given;
  if (Number.isNaN(score)) {
    throw new RedisError("ERR resulting score is not a number (NaN)");
  }
  if ((options.gt && score <= current) || (options.lt && score >= current)) {
    return ["refused", current];
  }
  if (score === current) return ["unchanged", score];
  putScore(db, record, member, score);
  return ["updated", score];
}

function zincrby(context: Context, args: Arguments): Reply {
  const score = args.double(1);
  const member = args.bytes(2);
  const options: AddOptions = {
    nx: false,
    xx: false,
    gt: false,
    lt: false,
    ch: false,
    incr: true,
  };
  return addMembers(context, args.bytes(0), [{ member, score }], options);
}

function scoreReply(score: number | null): Reply {
  return score === null ? null : new DoubleReply(score);
}

function rank(reverse: boolean): Command["run"] {
  return ({ db }, args) => {
    if (args.length > 3) throw syntaxError();
    const withScore = args.length === 3;
    if (withScore && args.keyword(2) !== "WITHSCORE") throw syntaxError();
    const record = db.typed(args.bytes(0), "zset");
    const member = args.bytes(1);
    const score = getScore(db, record, member);
    if (record === null || score === null) return withScore ? NULL_ARRAY : null;
    const position = rankOf(db, record, { member, score }, reverse);
    return withScore ? [position, new DoubleReply(score)] : position;
  };
}

function zrem({ db }: Context, args: Arguments): Reply {
  const record = db.typed(args.bytes(0), "zset");
  return record ? removeMembers(db, record, args.from(1), "zrem") : 0;
}

function zcount({ db }: Context, args: Arguments): Reply {
  const interval = readScoreInterval(args, 1, 2);
  const record = db.typed(args.bytes(0), "zset");
  return record ? countInterval(db, record, "score", interval) : 0;
}

function zlexcount({ db }: Context, args: Arguments): Reply {
  const interval = readLexInterval(args, 1, 2);
  const record = db.typed(args.bytes(0), "zset");
  return record ? countInterval(db, record, "member", interval) : 0;
}

function removeRange(
  event: string,
  select: (context: Context, args: Arguments) => (record: KeyRecord) => Scored[],
): Command["run"] {
  return (context, args) => {
    const selected = select(context, args);
    const record = context.db.typed(args.bytes(0), "zset");
    if (record === null) return 0;
    const members = selected(record).map(({ member }) => member);
    return removeMembers(context.db, record, members, event);
  };
}

/** Takes members from one end. */
export function popMembers({ db }: Pick<Context, "db">, record: KeyRecord, highest: boolean, count: number): Scored[] {
  const members = readOrdered(db, record, highest, {
    offset: 0,
    limit: count,
  });
  removeMembers(
    db,
    record,
    members.map(({ member }) => member),
    highest ? "zpopmax" : "zpopmin",
  );
  return members;
}

function pop(highest: boolean): Command["run"] {
  return (context, args) => {
    if (args.length > 2) throw syntaxError();
    const counted = args.length === 2;
    const count = counted ? args.integer(1, "ERR value is out of range, must be positive") : 1;
    if (count < 0) {
      throw new RedisError("ERR value is out of range, must be positive");
    }
    const record = context.db.typed(args.bytes(0), "zset");
    const members = record ? popMembers(context, record, highest, count) : [];
    // Only with a count are RESP3's pairs nested.
    return scoredReply(members, true, counted ? context.session.protocol : 2);
  };
}

function zrandmember({ db, session }: Context, args: Arguments): Reply {
  if (args.length > 3) throw syntaxError();
  const count = args.length > 1 ? args.integer(1) : null;
  const withScores = args.length === 3;
  if (withScores && args.keyword(2) !== "WITHSCORES") throw syntaxError();
  const record = db.typed(args.bytes(0), "zset");
  const members = record ? readOrdered(db, record, false) : [];
  const picked = randomSample(members, count ?? 1);
  if (count === null) return picked[0]?.member ?? null;
  return scoredReply(picked, withScores, session.protocol);
}

function zscan({ db }: Context, args: Arguments): Reply {
  const options = readScanOptions(args, 1);
  const record = db.typed(args.bytes(0), "zset");
  if (record === null) return scanReply(0, []);
  // A sorted set comes whole: a cursor into it would have to survive changes of scores.
  const members = readOrdered(db, record, false, EVERYTHING).filter(({ member }) => options.matches(member));
  return scanReply(
    0,
    members.flatMap(({ member, score }) => [member, formatDouble(score)]),
  );
}

export const sortedSetCommands: Command[] = [
  command("zadd", -4, "write denyoom fast", ONE_KEY, zadd),
  command("zincrby", 4, "write denyoom fast", ONE_KEY, zincrby),
  command("zscore", 3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "zset");
    return scoreReply(getScore(db, record, args.bytes(1)));
  }),
  command("zmscore", -3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "zset");
    return args.from(1).map((member) => scoreReply(getScore(db, record, member)));
  }),
  command("zcard", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return db.typed(args.bytes(0), "zset")?.size ?? 0;
  }),
  command("zrank", -3, "readonly fast", ONE_KEY, rank(false)),
  command("zrevrank", -3, "readonly fast", ONE_KEY, rank(true)),
  command("zrem", -3, "write fast", ONE_KEY, zrem),
  command("zcount", 4, "readonly fast", ONE_KEY, zcount),
  command("zlexcount", 4, "readonly fast", ONE_KEY, zlexcount),
  command(
    "zremrangebyrank",
    4,
    "write",
    ONE_KEY,
    removeRange("zremrangebyrank", ({ db }, args) => {
      const [start, stop] = [args.integer(1), args.integer(2)];
      return (record) => {
        const window = rankWindow(record.size, start, stop);
        return window ? readOrdered(db, record, false, window) : [];
      };
    }),
  ),
  command(
    "zremrangebyscore",
    4,
    "write",
    ONE_KEY,
    removeRange("zremrangebyscore", ({ db }, args) => {
      const interval = readScoreInterval(args, 1, 2);
      return (record) => readByScore(db, record, interval, false);
    }),
  ),
  command(
    "zremrangebylex",
    4,
    "write",
    ONE_KEY,
    removeRange("zremrangebylex", ({ db }, args) => {
      const interval = readLexInterval(args, 1, 2);
      return (record) => readByLex(db, record, interval, false);
    }),
  ),
  command("zpopmin", -2, "write fast", ONE_KEY, pop(false)),
  command("zpopmax", -2, "write fast", ONE_KEY, pop(true)),
  command("zrandmember", -2, "readonly", ONE_KEY, zrandmember),
  command("zscan", -3, "readonly", ONE_KEY, zscan),
];

/** Offset and limit of the ranks from `start` to `stop`, which count from the end when negative; null: none. */
export function rankWindow(size: number, start: number, stop: number): { offset: number; limit: number } | null {
  const first = Math.max(start < 0 ? start + size : start, 0);
  const last = Math.min(stop < 0 ? stop + size : stop, size - 1);
  return first > last ? null : { offset: first, limit: last - first + 1 };
}
