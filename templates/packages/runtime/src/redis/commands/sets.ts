import type { Arguments } from "../arguments";
import { ALL_KEYS, type Command, command, type Context, ONE_KEY, TWO_KEYS } from "../command";
import type { Database } from "../database";
import { mustBePositive, RedisError, syntaxError } from "../errors";
import { type Reply, SetReply } from "../reply";
import { addMembers, hasMember, listMembers, readMembers, removeMembers } from "../storage/set";
import { randomSample } from "./random";
import { readScanOptions, scanReply, scanStep } from "./scan";

type Operation = "union" | "inter" | "diff";

function sadd({ db }: Context, args: Arguments): Reply {
  const record = db.findOrCreate(args.bytes(0), "set");
  const added = addMembers(db, record, args.from(1));
  if (added > 0) db.changed(args.bytes(0), "s", "sadd");
  return added;
}

function srem({ db }: Context, args: Arguments): Reply {
  const record = db.typed(args.bytes(0), "set");
  return record ? removeMembers(db, record, args.from(1), "srem") : 0;
}

function smembers({ db }: Context, args: Arguments): Reply {
  const record = db.typed(args.bytes(0), "set");
  return new SetReply(record ? listMembers(db, record) : []);
}

function smove({ db }: Context, args: Arguments): Reply {
  const [from, to, member] = [args.bytes(0), args.bytes(1), args.bytes(2)];
  const source = db.typed(from, "set");
  if (source === null) return 0;
  db.typed(to, "set");
  if (!hasMember(db, source, member)) return 0;
  if (from.equals(to)) return 1;
  removeMembers(db, source, [member], "srem");
  if (addMembers(db, db.findOrCreate(to, "set"), [member]) > 0) {
    db.changed(to, "s", "sadd");
  }
  return 1;
}

function spop({ db }: Context, args: Arguments): Reply {
  if (args.length > 2) throw syntaxError();
  const count = args.length === 2 ? readCount(args) : null;
  const record = db.typed(args.bytes(0), "set");
  if (record === null) return count === null ? null : new SetReply([]);
  const picked = randomSample(listMembers(db, record), count ?? 1);
  removeMembers(db, record, picked, "spop");
  return count === null ? (picked[0] ?? null) : new SetReply(picked);
}

function readCount(args: Arguments): number {
  const count = args.integer(1, "ERR value is out of range, must be positive");
  if (count < 0) throw mustBePositive();
  return count;
}

function srandmember({ db }: Context, args: Arguments): Reply {
  if (args.length > 2) throw syntaxError();
  const count = args.length === 2 ? args.integer(1) : null;
  const record = db.typed(args.bytes(0), "set");
  const members = record ? listMembers(db, record) : [];
  const picked = randomSample(members, count ?? 1);
  return count === null ? (picked[0] ?? null) : picked;
}

/** Union, intersection or difference of the sets at `keys`; absent keys are empty sets. */
export function combineSets(db: Database, operation: Operation, keys: readonly Buffer[]): Buffer[] {
  const records = keys.map((key) => db.typed(key, "set"));
  const [first, ...others] = records;
  if (operation === "union") {
    const all = records.flatMap((record) => (record ? listMembers(db, record) : []));
    return [...new Map(all.map((m) => [m.toString("latin1"), m])).values()];
  }
  if (!first) return [];
  if (operation === "inter") {
    if (others.includes(null)) return [];
    // Starting from the smallest set makes the fewest look-ups.
    const bySize = records.filter((record) => record !== null).sort((a, b) => a.size - b.size);
    const [smallest, ...larger] = bySize;
    return listMembers(db, smallest!).filter((member) => larger.every((record) => hasMember(db, record, member)));
  }
  return listMembers(db, first).filter((member) => !others.some((record) => hasMember(db, record, member)));
}

function combine(operation: Operation): Command["run"] {
  return ({ db }, args) => new SetReply(combineSets(db, operation, args.list));
}

function combineAndStore(operation: Operation): Command["run"] {
  return ({ db }, args) => {
    const target = args.bytes(0);
    const members = combineSets(db, operation, args.from(1));
    if (members.length === 0) {
      db.delete(target);
      return 0;
    }
    db.discard(target);
    addMembers(db, db.create(target, "set"), members);
    db.changed(target, "s", `s${operation}store`);
    return members.length;
  };
}

function sintercard({ db }: Context, args: Arguments): Reply {
  const [keys, next] = readNumkeys(args, 0);
  const limit = readLimit(args, next);
  const count = combineSets(db, "inter", keys).length;
  return limit === 0 ? count : Math.min(count, limit);
}

/** SINTERCARD words these errors in its own way. */
function readNumkeys(args: Arguments, index: number): [Buffer[], number] {
  const count = args.integer(index, "ERR numkeys should be greater than 0");
  if (count <= 0) throw new RedisError("ERR numkeys should be greater than 0");
  const end = index + 1 + count;
  if (end > args.length) {
    throw new RedisError("ERR Number of keys can't be greater than number of args");
  }
  return [args.list.slice(index + 1, end), end];
}

/** `[LIMIT n]` at the end of the arguments; 0: no limit. */
export function readLimit(args: Arguments, index: number): number {
  if (index === args.length) return 0;
  if (args.keyword(index) !== "LIMIT" || args.length !== index + 2) {
    throw syntaxError();
  }
  const limit = args.integer(index + 1, "ERR LIMIT can't be negative");
  if (limit < 0) throw new RedisError("ERR LIMIT can't be negative");
  return limit;
}

function sscan({ db }: Context, args: Arguments): Reply {
  const options = readScanOptions(args, 1);
  const record = db.typed(args.bytes(0), "set");
  if (record === null) return scanReply(0, []);
  const step = scanStep(options.count);
  // As in HSCAN: the insertion number after the last one seen.
  const members = readMembers(db, record, options.cursor - 1, step);
  const last = members.at(-1);
  const next = members.length < step || !last ? 0 : last.seq + 1;
  return scanReply(next, members.map(({ member }) => member).filter(options.matches));
}

export const setCommands: Command[] = [
  command("sadd", -3, "write denyoom fast", ONE_KEY, sadd),
  command("srem", -3, "write fast", ONE_KEY, srem),
  command("smembers", 2, "readonly", ONE_KEY, smembers),
  command("sismember", 3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "set");
    return hasMember(db, record, args.bytes(1)) ? 1 : 0;
  }),
  command("smismember", -3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "set");
    return args.from(1).map((member) => (hasMember(db, record, member) ? 1 : 0));
  }),
  command("scard", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return db.typed(args.bytes(0), "set")?.size ?? 0;
  }),
  command("smove", 4, "write fast", TWO_KEYS, smove),
  command("spop", -2, "write fast", ONE_KEY, spop),
  command("srandmember", -2, "readonly", ONE_KEY, srandmember),
  command("sunion", -2, "readonly", ALL_KEYS, combine("union")),
  command("sinter", -2, "readonly", ALL_KEYS, combine("inter")),
  command("sdiff", -2, "readonly", ALL_KEYS, combine("diff")),
  command("sunionstore", -3, "write denyoom", ALL_KEYS, combineAndStore("union")),
  command("sinterstore", -3, "write denyoom", ALL_KEYS, combineAndStore("inter")),
  command("sdiffstore", -3, "write denyoom", ALL_KEYS, combineAndStore("diff")),
  command("sintercard", -3, "readonly movablekeys", [0, 0, 0], sintercard),
  command("sscan", -3, "readonly", ONE_KEY, sscan),
];
