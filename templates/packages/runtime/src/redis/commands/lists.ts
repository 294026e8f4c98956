import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY, TWO_KEYS } from "../command";
import type { Database } from "../database";
import { mustBePositive, noSuchKey, outOfRange, RedisError, syntaxError } from "../errors";
import { NULL_ARRAY, OK, type Reply } from "../reply";
import {
  type End,
  keepRange,
  popItems,
  pushItems,
  readRange,
  resolveRange,
  rewriteItems,
  setItem,
} from "../storage/list";
import { readPopCount, readTimeout, TOO_FEW_KEYS } from "./blocking-arguments";

function push(end: End, onlyIfPresent: boolean): Command["run"] {
  return ({ db }, args) => {
    const key = args.bytes(0);
    if (onlyIfPresent && db.typed(key, "list") === null) return 0;
    pushTo(db, key, end, args.from(1));
    return db.find(key)?.size ?? 0;
  };
}

function pushTo(db: Database, key: Buffer, end: End, values: Buffer[]): void {
  pushItems(db, db.findOrCreate(key, "list"), end, values);
  db.changed(key, "l", end === "left" ? "lpush" : "rpush");
}

function pop(end: End): Command["run"] {
  return ({ db }, args) => {
    if (args.length > 2) {
      throw new RedisError(`ERR wrong number of arguments for '${end === "left" ? "lpop" : "rpop"}' command`);
    }
    const count = args.length === 2 ? readCount(args, 1) : null;
    const record = db.typed(args.bytes(0), "list");
    if (record === null) return count === null ? null : NULL_ARRAY;
    const values = popItems(db, record, end, count ?? 1);
    return count === null ? (values[0] ?? null) : values;
  };
}

function readCount(args: Arguments, index: number): number {
  const count = args.integer(index, "ERR value is out of range, must be positive");
  if (count < 0) throw mustBePositive();
  return count;
}

function lrange({ db }: Context, args: Arguments): Reply {
  const [start, stop] = [args.integer(1), args.integer(2)];
  const record = db.typed(args.bytes(0), "list");
  const range = record && resolveRange(record.size, start, stop);
  return range ? readRange(db, record, ...range) : [];
}

function ltrim({ db }: Context, args: Arguments): Reply {
  const [start, stop] = [args.integer(1), args.integer(2)];
  const record = db.typed(args.bytes(0), "list");
  if (record === null) return OK;
  const range = resolveRange(record.size, start, stop);
  db.changed(record.key, "l", "ltrim");
  if (range) keepRange(db, record, ...range);
  else db.keyspace.resize(record, 0);
  return OK;
}

function lindex({ db }: Context, args: Arguments): Reply {
  const given = args.integer(1);
  const record = db.typed(args.bytes(0), "list");
  if (record === null) return null;
  const index = given < 0 ? given + record.size : given;
  return readRange(db, record, index, index)[0] ?? null;
}

function lset({ db }: Context, args: Arguments): Reply {
  const record = db.typed(args.bytes(0), "list");
  if (record === null) throw noSuchKey();
  const given = args.integer(1);
  const index = given < 0 ? given + record.size : given;
  if (index < 0 || index >= record.size) throw outOfRange();
  setItem(db, record, index, args.bytes(2));
  db.changed(record.key, "l", "lset");
  return OK;
}

function linsert({ db }: Context, args: Arguments): Reply {
  const where = args.keyword(1);
  if (where !== "BEFORE" && where !== "AFTER") throw syntaxError();
  const record = db.typed(args.bytes(0), "list");
  if (record === null) return 0;
  const values = readRange(db, record, 0, record.size - 1);
  const pivot = values.findIndex((value) => value.equals(args.bytes(2)));
  if (pivot < 0) return -1;
  values.splice(where === "BEFORE" ? pivot : pivot + 1, 0, args.bytes(3));
  rewriteItems(db, record, values);
  db.changed(record.key, "l", "linsert");
  return values.length;
}

function lrem({ db }: Context, args: Arguments): Reply {
  const count = args.integer(1);
  const element = args.bytes(2);
  const record = db.typed(args.bytes(0), "list");
  if (record === null) return 0;
  const values = readRange(db, record, 0, record.size - 1);
  if (count < 0) values.reverse();
  let left = count === 0 ? Infinity : Math.abs(count);
  const kept = values.filter((value) => left <= 0 || !value.equals(element) || left-- <= 0);
  const removed = values.length - kept.length;
  if (removed === 0) return 0;
  if (count < 0) kept.reverse();
  db.changed(record.key, "l", "lrem");
  rewriteItems(db, record, kept);
  return removed;
}

function lpos({ db }: Context, args: Arguments): Reply {
  let rank = 1;
  let count: number | null = null;
  let maxLength = 0;
  for (let i = 2; i < args.length; i += 2) {
    const option = args.keyword(i);
    if (i + 1 >= args.length) throw syntaxError();
    if (option === "RANK") {
      rank = args.integer(i + 1);
      if (rank === 0) {
        throw new RedisError(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
        );
      }
    } else if (option === "COUNT") {
      count = args.integer(i + 1);
      if (count < 0) throw new RedisError("ERR COUNT can't be negative");
    } else if (option === "MAXLEN") {
      maxLength = args.integer(i + 1);
      if (maxLength < 0) throw new RedisError("ERR MAXLEN can't be negative");
    } else {
      throw syntaxError();
    }
  }
  const record = db.typed(args.bytes(0), "list");
  if (record === null) return count === null ? null : [];
  const values = readRange(db, record, 0, record.size - 1);
  const positions = values.map((_, index) => index);
  if (rank < 0) positions.reverse();
  const matches = positions
    .slice(0, maxLength || undefined)
    .filter((position) => values[position]!.equals(args.bytes(1)))
    .slice(Math.abs(rank) - 1);
  if (count === null) return matches[0] ?? null;
  return count === 0 ? matches : matches.slice(0, count);
}

function readEnd(args: Arguments, index: number): End {
  const end = args.keyword(index);
  if (end !== "LEFT" && end !== "RIGHT") throw syntaxError();
  return end === "LEFT" ? "left" : "right";
}

/** Moves one element between lists, which may be the same; undefined: the source is empty. */
function moveItem(db: Database, from: Buffer, to: Buffer, takeFrom: End, putTo: End): Buffer | undefined {
  const source = db.typed(from, "list");
  if (source === null) return undefined;
  db.typed(to, "list");
  const [value] = popItems(db, source, takeFrom, 1);
  if (value !== undefined) pushTo(db, to, putTo, [value]);
  return value;
}

const lmove: Command["run"] = ({ db }, args) => {
  const [takeFrom, putTo] = [readEnd(args, 2), readEnd(args, 3)];
  const [from, to] = [args.bytes(0), args.bytes(1)];
  return moveItem(db, from, to, takeFrom, putTo) ?? null;
};

const rpoplpush: Command["run"] = ({ db }, args) => moveItem(db, args.bytes(0), args.bytes(1), "right", "left") ?? null;

function blockingMove(context: Context, args: Arguments, takeFrom: End, putTo: End, timeout: number): Reply {
  const [from, to] = [Buffer.from(args.bytes(0)), Buffer.from(args.bytes(1))];
  const attempt = () => {
    // While waiting, a source of another type counts as absent.
    if (context.db.find(from)?.type !== "list") return undefined;
    return moveItem(context.db, from, to, takeFrom, putTo);
  };
  context.db.typed(from, "list");
  return attempt() ?? context.block({ keys: [from], timeout, attempt, otherwise: NULL_ARRAY, atOnce: null });
}

function blmove(context: Context, args: Arguments): Reply {
  const [takeFrom, putTo] = [readEnd(args, 2), readEnd(args, 3)];
  return blockingMove(context, args, takeFrom, putTo, readTimeout(args, 4));
}

function blockingPop(end: End): Command["run"] {
  return (context, args) => {
    const { db } = context;
    const timeout = readTimeout(args, args.length - 1);
    const keys = args.list.slice(0, -1).map((key) => Buffer.from(key));
    const attempt = () => {
      for (const key of keys) {
        const record = db.find(key);
        if (record?.type !== "list") continue;
        return [key, popItems(db, record, end, 1)[0]!];
      }
      return undefined;
    };
    for (const key of keys) {
      if (db.typed(key, "list")) break;
    }
    return attempt() ?? context.block({ keys, timeout, attempt, otherwise: NULL_ARRAY });
  };
}

/** LMPOP and BLMPOP; `first` is the index of numkeys. */
function multiPop(context: Context, args: Arguments, first: number, timeout: number | null): Reply {
  const { db } = context;
  const [views, next] = args.countedKeys(first, TOO_FEW_KEYS, TOO_FEW_KEYS);
  const keys = views.map((key) => Buffer.from(key));
  const end = readEnd(args, next);
  const count = readPopCount(args, next + 1);
  const attempt = () => {
    for (const key of keys) {
      const record = db.find(key);
      if (record?.type !== "list") continue;
      return [key, popItems(db, record, end, count)];
    }
    return undefined;
  };
  for (const key of keys) {
    if (db.typed(key, "list")) break;
  }
  const reply = attempt();
  if (reply) return reply;
  return timeout === null ? NULL_ARRAY : context.block({ keys, timeout, attempt, otherwise: NULL_ARRAY });
}

export const listCommands: Command[] = [
  command("lpush", -3, "write denyoom fast", ONE_KEY, push("left", false)),
  command("rpush", -3, "write denyoom fast", ONE_KEY, push("right", false)),
  command("lpushx", -3, "write denyoom fast", ONE_KEY, push("left", true)),
  command("rpushx", -3, "write denyoom fast", ONE_KEY, push("right", true)),
  command("lpop", -2, "write fast", ONE_KEY, pop("left")),
  command("rpop", -2, "write fast", ONE_KEY, pop("right")),
  command("llen", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return db.typed(args.bytes(0), "list")?.size ?? 0;
  }),
  command("lrange", 4, "readonly", ONE_KEY, lrange),
  command("ltrim", 4, "write", ONE_KEY, ltrim),
  command("lindex", 3, "readonly", ONE_KEY, lindex),
  command("lset", 4, "write denyoom", ONE_KEY, lset),
  command("linsert", 5, "write denyoom", ONE_KEY, linsert),
  command("lrem", 4, "write", ONE_KEY, lrem),
  command("lpos", -3, "readonly", ONE_KEY, lpos),
  command("lmove", 5, "write denyoom", TWO_KEYS, lmove),
  command("rpoplpush", 3, "write denyoom", TWO_KEYS, rpoplpush),
  command("blmove", 6, "write denyoom blocking", TWO_KEYS, blmove),
  command("brpoplpush", 4, "write denyoom blocking", TWO_KEYS, (context, args) =>
    blockingMove(context, args, "right", "left", readTimeout(args, 2)),
  ),
  command("blpop", -3, "write blocking", [1, -2, 1], blockingPop("left")),
  command("brpop", -3, "write blocking", [1, -2, 1], blockingPop("right")),
  command("lmpop", -4, "write movablekeys", [0, 0, 0], (context, args) => multiPop(context, args, 0, null)),
  command("blmpop", -5, "write blocking movablekeys", [0, 0, 0], (context, args) =>
    multiPop(context, args, 1, readTimeout(args, 0)),
  ),
];
