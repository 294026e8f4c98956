import type { Arguments } from "../arguments";
import { ALL_KEYS, type Command, command, type Context, ONE_KEY, TWO_KEYS } from "../command";
import { notAFloat, notAnInteger, RedisError, syntaxError, wrongArity, wrongType } from "../errors";
import { isExpiryOption, readExpiry } from "../expiry";
import { addLongDoubles, fitsInt64, formatLongDouble, parseInt64, parseLongDouble } from "../numbers";
import { MapReply, OK, type Reply } from "../reply";
import { longestCommonSubsequence } from "./lcs";
import { checkStringLength, getString, putString, readString } from "../storage/string";

const EMPTY = Buffer.alloc(0);

interface SetOptions {
  expires: number | null | "keep";
  onlyIf: "missing" | "present" | null;
  get: boolean;
}

function readSetOptions(args: Arguments): SetOptions {
  const options: SetOptions = { expires: null, onlyIf: null, get: false };
  let expirySeen = false;
  for (let i = 2; i < args.length; i++) {
    const option = args.keyword(i);
    if ((option === "NX" || option === "XX") && options.onlyIf === null) {
      options.onlyIf = option === "NX" ? "missing" : "present";
    } else if (option === "GET") {
      options.get = true;
    } else if (option === "KEEPTTL" && !expirySeen) {
      expirySeen = true;
      options.expires = "keep";
    } else if (isExpiryOption(option) && !expirySeen && i + 1 < args.length) {
      expirySeen = true;
      options.expires = readExpiry(args, ++i, option, "set");
    } else {
      throw syntaxError();
    }
  }
  return options;
}

function set({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  const options = readSetOptions(args);
  const record = db.find(key);
  let previous: Reply = null;
  if (options.get && record) {
    if (record.type !== "string") throw wrongType();
    previous = readString(db, record);
  }
  if ((options.onlyIf === "missing" && record) || (options.onlyIf === "present" && !record)) {
    return previous;
  }
  assign({ db }, key, args.bytes(1), options.expires);
  return options.get ? previous : OK;
}

/** Stores and announces a value as SET does. */
function assign({ db }: Pick<Context, "db">, key: Buffer, value: Buffer, expires: number | null | "keep"): void {
  putString(db, key, value, expires);
  db.changed(key, "$", "set");
  if (typeof expires === "number") db.keyspace.event(db.index, key, "g", "expire");
}

function setWithExpiry(name: string, option: "EX" | "PX"): Command["run"] {
  return (context, args) => {
    const expires = readExpiry(args, 1, option, name);
    assign(context, args.bytes(0), args.bytes(2), expires);
    return OK;
  };
}

function setnx(context: Context, args: Arguments): Reply {
  if (context.db.find(args.bytes(0))) return 0;
  assign(context, args.bytes(0), args.bytes(1), null);
  return 1;
}

function getset(context: Context, args: Arguments): Reply {
  const previous = getString(context.db, args.bytes(0));
  assign(context, args.bytes(0), args.bytes(1), null);
  return previous;
}

function getdel({ db }: Context, args: Arguments): Reply {
  const value = getString(db, args.bytes(0));
  if (value !== null) db.delete(args.bytes(0));
  return value;
}

function getex({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  let expires: number | null | undefined;
  if (args.length > 1) {
    const option = args.keyword(1);
    if (option === "PERSIST" && args.length === 2) expires = null;
    else if (isExpiryOption(option) && args.length === 3) expires = readExpiry(args, 2, option, "getex");
    else throw syntaxError();
  }
  const record = db.typed(key, "string");
  if (record === null) return null;
  const value = readString(db, record);
  if (expires === undefined) return value;
  if (expires !== null && expires <= Date.now()) {
    db.delete(key);
  } else if (expires !== null) {
    db.keyspace.save(record, { expires });
    db.changed(key, "g", "expire");
  } else if (record.expires !== null) {
    db.keyspace.save(record, { expires });
    db.changed(key, "g", "persist");
  }
  return value;
}

function mget({ db }: Context, args: Arguments): Reply {
  return args.list.map((key) => {
    const record = db.find(key);
    return record?.type === "string" ? readString(db, record) : null;
  });
}

function mset(context: Context, args: Arguments): Reply {
  if (args.length % 2 !== 0) throw wrongArity("mset");
  for (const [key, value] of args.pairs(0)) assign(context, key, value, null);
  return OK;
}

function msetnx(context: Context, args: Arguments): Reply {
  if (args.length % 2 !== 0) throw wrongArity("msetnx");
  const pairs = args.pairs(0);
  if (pairs.some(([key]) => context.db.find(key) !== null)) return 0;
  for (const [key, value] of pairs) assign(context, key, value, null);
  return 1;
}

function append({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  const old = getString(db, key) ?? EMPTY;
  checkStringLength(old.length + args.bytes(1).length);
  const value = Buffer.concat([old, args.bytes(1)]);
  putString(db, key, value, "keep");
  db.changed(key, "$", "append");
  return value.length;
}

function increment({ db }: Context, key: Buffer, by: bigint): Reply {
  const current = getString(db, key);
  const number = current === null ? 0n : parseInt64(current);
  if (number === null) throw notAnInteger();
  const sum = number + by;
  if (!fitsInt64(sum)) {
    throw new RedisError("ERR increment or decrement would overflow");
  }
  putString(db, key, Buffer.from(String(sum)), "keep");
  db.changed(key, "$", "incrby");
  return sum;
}

function decrby(context: Context, args: Arguments): Reply {
  const by = args.int64(1);
  if (by === -(2n ** 63n)) {
    throw new RedisError("ERR decrement would overflow");
  }
  return increment(context, args.bytes(0), -by);
}

function incrbyfloat({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  const current = parseLongDouble(getString(db, key) ?? Buffer.from("0"));
  const by = parseLongDouble(args.bytes(1));
  if (current === null || by === null) throw notAFloat();
  const sum = Buffer.from(formatLongDouble(addLongDoubles(current, by)));
  putString(db, key, sum, "keep");
  db.changed(key, "$", "incrbyfloat");
  return sum;
}

/** The bytes from `start` to `end`, both included and counted from the end when negative. */
function getrange({ db }: Context, args: Arguments): Reply {
  let start = args.integer(1);
  let end = args.integer(2);
  const value = getString(db, args.bytes(0)) ?? EMPTY;
  if (start < 0 && end < 0 && start > end) return EMPTY;
  if (start < 0) start = Math.max(start + value.length, 0);
  if (end < 0) end = Math.max(end + value.length, 0);
  return value.subarray(start, Math.min(end, value.length - 1) + 1);
}

function setrange({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  const offset = args.integer(1);
  const patch = args.bytes(2);
  if (offset < 0) throw new RedisError("ERR offset is out of range");
  const old = getString(db, key) ?? EMPTY;
  if (patch.length === 0) return old.length;
  checkStringLength(offset + patch.length);
  const value = Buffer.alloc(Math.max(old.length, offset + patch.length));
  value.set(old);
  value.set(patch, offset);
  putString(db, key, value, "keep");
  db.changed(key, "$", "setrange");
  return value.length;
}

function lcs({ db }: Context, args: Arguments): Reply {
  let wantsLength = false;
  let wantsMatches = false;
  let minimum = 0;
  let withLengths = false;
  for (let i = 2; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "LEN") wantsLength = true;
    else if (option === "IDX") wantsMatches = true;
    else if (option === "WITHMATCHLEN") withLengths = true;
    else if (option === "MINMATCHLEN" && i + 1 < args.length) minimum = Math.max(args.integer(++i), 0);
    else throw syntaxError();
  }
  if (wantsLength && wantsMatches) {
    throw new RedisError("ERR If you want both the length and indexes, please just use IDX.");
  }
  const a = stringOrEmpty(db, args.bytes(0));
  const b = stringOrEmpty(db, args.bytes(1));
  const { common, matches } = longestCommonSubsequence(a, b);
  if (wantsLength) return common.length;
  if (!wantsMatches) return common;
  return new MapReply([
    [
      "matches",
      matches
        .filter((match) => match.length >= minimum)
        .map((match) => [
          [match.a, match.a + match.length - 1],
          [match.b, match.b + match.length - 1],
          ...(withLengths ? [match.length] : []),
        ]),
    ],
    ["len", common.length],
  ]);
}

function stringOrEmpty(db: Context["db"], key: Buffer): Buffer {
  const record = db.find(key);
  if (record && record.type !== "string") {
    throw new RedisError("ERR The specified keys must contain string values");
  }
  return record ? readString(db, record) : EMPTY;
}

export const stringCommands: Command[] = [
  command("get", 2, "readonly fast", ONE_KEY, ({ db }, args) => getString(db, args.bytes(0))),
  command("set", -3, "write denyoom", ONE_KEY, set),
  command("setex", 4, "write denyoom", ONE_KEY, setWithExpiry("setex", "EX")),
  command("psetex", 4, "write denyoom", ONE_KEY, setWithExpiry("psetex", "PX")),
  command("setnx", 3, "write denyoom fast", ONE_KEY, setnx),
  command("getset", 3, "write denyoom fast", ONE_KEY, getset),
  command("getdel", 2, "write fast", ONE_KEY, getdel),
  command("getex", -2, "write fast", ONE_KEY, getex),
  command("mget", -2, "readonly fast", ALL_KEYS, mget),
  command("mset", -3, "write denyoom", [1, -1, 2], mset),
  command("msetnx", -3, "write denyoom", [1, -1, 2], msetnx),
  command("append", 3, "write denyoom fast", ONE_KEY, append),
  command("strlen", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return db.typed(args.bytes(0), "string")?.size ?? 0;
  }),
  command("incr", 2, "write denyoom fast", ONE_KEY, (context, args) => increment(context, args.bytes(0), 1n)),
  command("decr", 2, "write denyoom fast", ONE_KEY, (context, args) => increment(context, args.bytes(0), -1n)),
  command("incrby", 3, "write denyoom fast", ONE_KEY, (context, args) =>
    increment(context, args.bytes(0), args.int64(1)),
  ),
  command("decrby", 3, "write denyoom fast", ONE_KEY, decrby),
  command("incrbyfloat", 3, "write denyoom fast", ONE_KEY, incrbyfloat),
  command("getrange", 4, "readonly", ONE_KEY, getrange),
  command("substr", 4, "readonly", ONE_KEY, getrange),
  command("setrange", 4, "write denyoom", ONE_KEY, setrange),
  command("lcs", -3, "readonly", TWO_KEYS, lcs),
];
