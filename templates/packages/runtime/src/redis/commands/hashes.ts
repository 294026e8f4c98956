import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY } from "../command";
import { notAFloat, RedisError, syntaxError, wrongArity } from "../errors";
import { addLongDoubles, fitsInt64, formatLongDouble, parseInt64, parseLongDouble } from "../numbers";
import { MapReply, OK, type Reply } from "../reply";
import { type HashField, readHashField, readHashFields, writeHashFields } from "../storage/hash";
import { randomSample } from "./random";
import { readScanOptions, scanReply, scanStep } from "./scan";

function setFields(name: string): Command["run"] {
  return ({ db }, args) => {
    if (args.length % 2 !== 1) throw wrongArity(name);
    const record = db.findOrCreate(args.bytes(0), "hash");
    const added = writeHashFields(db, record, args.pairs(1));
    db.changed(args.bytes(0), "h", "hset");
    return name === "hmset" ? OK : added;
  };
}

function hsetnx({ db }: Context, args: Arguments): Reply {
  const [key, field, value] = [args.bytes(0), args.bytes(1), args.bytes(2)];
  if (readHashField(db, db.typed(key, "hash"), field) !== null) return 0;
  writeHashFields(db, db.findOrCreate(key, "hash"), [[field, value]]);
  db.changed(key, "h", "hset");
  return 1;
}

function hdel({ db }: Context, args: Arguments): Reply {
  const key = args.bytes(0);
  const record = db.typed(key, "hash");
  if (record === null) return 0;
  let removed = 0;
  for (const field of args.from(1)) {
    removed += db.sql.exec("DELETE FROM hash_fields WHERE key_id = ? AND field = ?", record.id, field).rowsWritten;
  }
  if (removed > 0) {
    db.changed(key, "h", "hdel");
    db.keyspace.resize(record, record.size - removed);
  }
  return removed;
}

function hincrby({ db }: Context, args: Arguments): Reply {
  const [key, field] = [args.bytes(0), args.bytes(1)];
  const by = args.int64(2);
  const current = readHashField(db, db.typed(key, "hash"), field);
  const number = current === null ? 0n : parseInt64(current);
  if (number === null) throw new RedisError("ERR hash value is not an integer");
  const sum = number + by;
  if (!fitsInt64(sum)) {
    throw new RedisError("ERR increment or decrement would overflow");
  }
  const record = db.findOrCreate(key, "hash");
  writeHashFields(db, record, [[field, Buffer.from(String(sum))]]);
  db.changed(key, "h", "hincrby");
  return sum;
}

function hincrbyfloat({ db }: Context, args: Arguments): Reply {
  const [key, field] = [args.bytes(0), args.bytes(1)];
  const by = parseLongDouble(args.bytes(2));
  if (by === null) throw notAFloat();
  const value = readHashField(db, db.typed(key, "hash"), field);
  const current = parseLongDouble(value ?? Buffer.from("0"));
  if (current === null) throw new RedisError("ERR hash value is not a float");
  const sum = Buffer.from(formatLongDouble(addLongDoubles(current, by)));
  writeHashFields(db, db.findOrCreate(key, "hash"), [[field, sum]]);
  db.changed(key, "h", "hincrbyfloat");
  return sum;
}

/** All fields and values, or one side of them. */
function listFields<T extends Reply>(shape: (fields: HashField[]) => T): Command["run"] {
  return ({ db }, args) => {
    const record = db.typed(args.bytes(0), "hash");
    return shape(record ? readHashFields(db, record) : []);
  };
}

function hrandfield({ db, session }: Context, args: Arguments): Reply {
  if (args.length > 3) throw syntaxError();
  const count = args.length > 1 ? args.integer(1) : null;
  const withValues = args.length === 3;
  if (withValues && args.keyword(2) !== "WITHVALUES") throw syntaxError();
  const record = db.typed(args.bytes(0), "hash");
  const fields = record ? readHashFields(db, record) : [];
  if (count === null) {
    return randomSample(fields, 1)[0]?.field ?? null;
  }
  const picked = randomSample(fields, count);
  if (!withValues) return picked.map(({ field }) => field);
  return session.protocol === 3
    ? picked.map(({ field, value }) => [field, value])
    : picked.flatMap(({ field, value }) => [field, value]);
}

function hscan({ db }: Context, args: Arguments): Reply {
  const options = readScanOptions(args, 1, ["NOVALUES"]);
  const record = db.typed(args.bytes(0), "hash");
  if (record === null) return scanReply(0, []);
  const step = scanStep(options.count);
  // The cursor is the insertion number after the last one seen, so that 0 stays the start.
  const fields = readHashFields(db, record, options.cursor - 1, step);
  const last = fields.at(-1);
  const next = fields.length < step || !last ? 0 : last.seq + 1;
  const matching = fields.filter(({ field }) => options.matches(field));
  return scanReply(
    next,
    matching.flatMap(({ field, value }) => (options.noValues ? [field] : [field, value])),
  );
}

export const hashCommands: Command[] = [
  command("hset", -4, "write denyoom fast", ONE_KEY, setFields("hset")),
  command("hmset", -4, "write denyoom fast", ONE_KEY, setFields("hmset")),
  command("hsetnx", 4, "write denyoom fast", ONE_KEY, hsetnx),
  command("hget", 3, "readonly fast", ONE_KEY, ({ db }, args) =>
    readHashField(db, db.typed(args.bytes(0), "hash"), args.bytes(1)),
  ),
  command("hmget", -3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "hash");
    return args.from(1).map((field) => readHashField(db, record, field));
  }),
  command("hdel", -3, "write fast", ONE_KEY, hdel),
  command("hlen", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return db.typed(args.bytes(0), "hash")?.size ?? 0;
  }),
  command("hexists", 3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "hash");
    return readHashField(db, record, args.bytes(1)) === null ? 0 : 1;
  }),
  command("hstrlen", 3, "readonly fast", ONE_KEY, ({ db }, args) => {
    const record = db.typed(args.bytes(0), "hash");
    return readHashField(db, record, args.bytes(1))?.length ?? 0;
  }),
  command("hincrby", 4, "write denyoom fast", ONE_KEY, hincrby),
  command("hincrbyfloat", 4, "write denyoom fast", ONE_KEY, hincrbyfloat),
  command(
    "hgetall",
    2,
    "readonly",
    ONE_KEY,
    listFields((fields) => new MapReply(fields.map(({ field, value }) => [field, value]))),
  ),
  command(
    "hkeys",
    2,
    "readonly",
    ONE_KEY,
    listFields((fields) => fields.map(({ field }) => field)),
  ),
  command(
    "hvals",
    2,
    "readonly",
    ONE_KEY,
    listFields((fields) => fields.map(({ value }) => value)),
  ),
  command("hrandfield", -2, "readonly", ONE_KEY, hrandfield),
  command("hscan", -3, "readonly", ONE_KEY, hscan),
];
