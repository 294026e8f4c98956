import type { Arguments } from "../arguments";
import { ALL_KEYS, type Command, command, type Context, NO_KEYS, ONE_KEY, TWO_KEYS } from "../command";
import { noSuchKey, notAnInteger, RedisError, syntaxError } from "../errors";
import { expiryTime } from "../expiry";
import { globMatches } from "../glob";
import { copyKey } from "../storage/copy";
import { type Reply, OK, Status } from "../reply";
import { readScanOptions, scanReply } from "./scan";

const countExisting: Command["run"] = ({ db }, args) => args.list.filter((key) => db.find(key) !== null).length;

const del: Command["run"] = ({ db }, args) => args.list.filter((key) => db.delete(key)).length;

/** EXPIRE and its kin, which differ in unit and in whether they count from now. */
function expire(name: string, factor: number, relative: boolean): Command["run"] {
  return ({ db }, args) => {
    const expires = expiryTime(args.int64(1), factor, relative, name);
    const conditions = readExpireConditions(args);
    const record = db.find(args.bytes(0));
    if (record === null) return 0;
    const current = record.expires;
    if (
      (conditions.has("NX") && current !== null) ||
      (conditions.has("XX") && current === null) ||
      // A key without expiry counts as one that lives for ever.
      (conditions.has("GT") && (current === null || expires <= current)) ||
      (conditions.has("LT") && current !== null && expires >= current)
    ) {
      return 0;
    }
    if (expires <= Date.now()) {
      db.delete(record.key);
    } else {
      db.keyspace.save(record, { expires });
      db.changed(record.key, "g", "expire");
    }
    return 1;
  };
}

function readExpireConditions(args: Arguments): Set<string> {
  const conditions = new Set<string>();
  for (let i = 2; i < args.length; i++) {
    const condition = args.keyword(i);
    if (!/^(?:NX|XX|GT|LT)$/.test(condition)) {
      throw new RedisError(`ERR Unsupported option ${args.text(i)}`);
    }
    conditions.add(condition);
  }
  if (conditions.has("NX") && conditions.size > 1) {
    throw new RedisError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (conditions.has("GT") && conditions.has("LT")) {
    throw new RedisError("ERR GT and LT options at the same time are not compatible");
  }
  return conditions;
}

/** TTL and its kin: -2 without key, -1 without expiry. */
function timeToLive(seconds: boolean, absolute: boolean): Command["run"] {
  return ({ db }, args) => {
    const record = db.find(args.bytes(0));
    if (record === null) return -2;
    if (record.expires === null) return -1;
    const time = absolute ? record.expires : record.expires - Date.now();
    return seconds ? Math.floor((Math.max(time, 0) + 500) / 1000) : time;
  };
}

function persist({ db }: Context, args: Arguments): Reply {
  const record = db.find(args.bytes(0));
  if (record === null || record.expires === null) return 0;
  db.keyspace.save(record, { expires: null });
  db.changed(record.key, "g", "persist");
  return 1;
}

function keys({ db }: Context, args: Arguments): Reply {
  const pattern = args.bytes(0).toString("latin1");
  const names = db.keyspace.names(db.index);
  return pattern === "*" ? names : names.filter((key) => globMatches(pattern, key.toString("latin1")));
}

function scan({ db }: Context, args: Arguments): Reply {
  const options = readScanOptions(args, 0, ["TYPE"]);
  const page = db.keyspace.page(db.index, options.cursor, options.count);
  const last = page.at(-1);
  const next = page.length < options.count || !last ? 0 : last.id;
  const matching = page.filter(
    (record) => options.matches(record.key) && (options.type === null || options.type === record.type),
  );
  return scanReply(
    next,
    matching.map((record) => record.key),
  );
}

function rename(context: Context, args: Arguments, onlyIfFree: boolean): Reply {
  const { db } = context;
  const [from, to] = [args.bytes(0), args.bytes(1)];
  const record = db.find(from);
  if (record === null) throw noSuchKey();
  if (from.equals(to)) return onlyIfFree ? 0 : OK;
  if (onlyIfFree && db.find(to)) return 0;
  db.discard(to);
  const old = record.key;
  db.keyspace.save(record, { key: Buffer.from(to) });
  db.changed(old, "g", "rename_from");
  db.changed(to, "g", "rename_to");
  return onlyIfFree ? 1 : OK;
}

/** A database number in MOVE, COPY and SWAPDB. */
export function readDatabase({ server }: Context, args: Arguments, index: number, message?: string): number {
  const number = args.integer(index, message);
  if (number < 0 || number >= server.databases) {
    throw new RedisError("ERR DB index is out of range");
  }
  return number;
}

function move(context: Context, args: Arguments): Reply {
  const { db } = context;
  const target = readDatabase(context, args, 1);
  if (target === db.index) {
    throw new RedisError("ERR source and destination objects are the same");
  }
  const record = db.find(args.bytes(0));
  if (record === null || db.keyspace.find(target, record.key)) return 0;
  db.keyspace.save(record, { db: target });
  db.changed(record.key, "g", "move_from");
  db.keyspace.changed(target, record.key, "g", "move_to");
  return 1;
}

function copy(context: Context, args: Arguments): Reply {
  const { db } = context;
  let target = db.index;
  let replace = false;
  for (let i = 2; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "REPLACE") replace = true;
    else if (option === "DB" && i + 1 < args.length) target = readDatabase(context, args, ++i);
    else throw syntaxError();
  }
  const [from, to] = [args.bytes(0), args.bytes(1)];
  if (target === db.index && from.equals(to)) {
    throw new RedisError("ERR source and destination objects are the same");
  }
  const record = db.find(from);
  if (record === null) return 0;
  const existing = db.keyspace.find(target, to);
  if (existing && !replace) return 0;
  if (existing) db.keyspace.remove(existing);
  copyKey(db.keyspace, record, target, to);
  db.keyspace.changed(target, to, "g", "copy_to");
  return 1;
}

function swapdb(context: Context, args: Arguments): Reply {
  const a = readDatabase(context, args, 0, "ERR invalid first DB index");
  const b = readDatabase(context, args, 1, "ERR invalid second DB index");
  if (a !== b) context.db.keyspace.swap(a, b);
  return OK;
}

/** FLUSHDB and FLUSHALL; SYNC and ASYNC make no difference here. */
function flush(all: boolean): Command["run"] {
  return ({ db }, args) => {
    if (args.length > 1) throw syntaxError();
    if (args.length === 1 && !/^A?SYNC$/.test(args.keyword(0))) {
      throw syntaxError();
    }
    db.keyspace.flush(all ? null : db.index);
    return OK;
  };
}

function select(context: Context, args: Arguments): Reply {
  const number = args.integer(0);
  if (number < 0 || number >= context.server.databases) {
    throw new RedisError("ERR DB index is out of range");
  }
  context.session.database = number;
  return OK;
}

/** WAIT: there are no replicas to wait for, and the reply itself leaves only when everything is on disk. */
function wait(_: Context, args: Arguments): Reply {
  args.integer(0);
  if (args.integer(1) < 0) throw new RedisError("ERR timeout is negative");
  return 0;
}

function waitaof(_: Context, args: Arguments): Reply {
  if (args.integer(0) > 1) throw notAnInteger();
  return [1, 0];
}

export const keyCommands: Command[] = [
  command("del", -2, "write", ALL_KEYS, del),
  command("unlink", -2, "write fast", ALL_KEYS, del),
  command("exists", -2, "readonly fast", ALL_KEYS, countExisting),
  command("touch", -2, "readonly fast", ALL_KEYS, countExisting),
  command("type", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return new Status(db.find(args.bytes(0))?.type ?? "none");
  }),
  command("expire", -3, "write fast", ONE_KEY, expire("expire", 1000, true)),
  command("pexpire", -3, "write fast", ONE_KEY, expire("pexpire", 1, true)),
  command("expireat", -3, "write fast", ONE_KEY, expire("expireat", 1000, false)),
  command("pexpireat", -3, "write fast", ONE_KEY, expire("pexpireat", 1, false)),
  command("ttl", 2, "readonly fast", ONE_KEY, timeToLive(true, false)),
  command("pttl", 2, "readonly fast", ONE_KEY, timeToLive(false, false)),
  command("expiretime", 2, "readonly fast", ONE_KEY, timeToLive(true, true)),
  command("pexpiretime", 2, "readonly fast", ONE_KEY, timeToLive(false, true)),
  command("persist", 2, "write fast", ONE_KEY, persist),
  command("keys", 2, "readonly", NO_KEYS, keys),
  command("scan", -2, "readonly", NO_KEYS, scan),
  command("randomkey", 1, "readonly", NO_KEYS, ({ db }) => db.keyspace.random(db.index)),
  command("dbsize", 1, "readonly fast", NO_KEYS, ({ db }) => db.keyspace.count(db.index)),
  command("rename", 3, "write", TWO_KEYS, (context, args) => rename(context, args, false)),
  command("renamenx", 3, "write fast", TWO_KEYS, (context, args) => rename(context, args, true)),
  command("move", 3, "write fast", ONE_KEY, move),
  command("copy", -3, "write denyoom", TWO_KEYS, copy),
  command("select", 2, "fast", NO_KEYS, select),
  command("swapdb", 3, "write fast", NO_KEYS, swapdb),
  command("flushdb", -1, "write", NO_KEYS, flush(false)),
  command("flushall", -1, "write", NO_KEYS, flush(true)),
  command("wait", 3, "blocking", NO_KEYS, wait),
  command("waitaof", 4, "blocking", NO_KEYS, waitaof),
];
