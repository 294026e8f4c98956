import type { Arguments } from "../arguments";
import { type Command, command, type Context, ONE_KEY } from "../command";
import type { Database } from "../database";
import { RedisError, syntaxError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { NULL_ARRAY, type Reply } from "../reply";
import { entryReply, readEntry } from "../storage/stream";
import {
  deletePending,
  findGroup,
  type Group,
  listPending,
  type Pending,
  saveGroup,
  savePending,
  touchConsumer,
} from "../storage/stream-groups";
import { formatId, MAX_ID, MIN_ID, parseId, readBound, readId, type StreamId } from "../storage/stream-id";

function requireGroup(db: Database, args: Arguments): { record: KeyRecord; group: Group } {
  const record = db.typed(args.bytes(0), "stream");
  const group = record && findGroup(db, record, args.bytes(1));
  if (!record || !group) {
    throw new RedisError(`NOGROUP No such key '${args.text(0)}' or consumer group '${args.text(1)}'`);
  }
  return { record, group };
}

function xpending({ db }: Context, args: Arguments): Reply {
  if (args.length === 2) {
    const { record, group } = requireGroup(db, args);
    return summarize(listPending(db, record, group.name));
  }
  let at = 2;
  let minIdle = 0;
  if (args.keyword(2) === "IDLE") {
    minIdle = args.integer(3);
    at = 4;
  }
  if (args.length < at + 3 || args.length > at + 4) throw syntaxError();
  const count = Math.max(args.integer(at + 2), 0);
  const start = readBound(args, at, "start");
  const end = readBound(args, at + 1, "end");
  const consumer = args.length === at + 4 ? args.bytes(at + 3) : null;
  const { record, group } = requireGroup(db, args);
  const now = Date.now();
  return listPending(db, record, group.name, { consumer, start, end })
    .filter((pending) => now - pending.delivered >= minIdle)
    .slice(0, count)
    .map((pending) => [
      formatId(pending.id),
      pending.consumer,
      Math.max(now - pending.delivered, 0),
      pending.deliveries,
    ]);
}

/** XPENDING's short form: how many, from which id to which, and how many for each consumer. */
function summarize(all: Pending[]): Reply {
  const [first] = all;
  const last = all.at(-1);
  if (!first || !last) return [0, null, null, NULL_ARRAY];
  const perConsumer = new Map<string, number>();
  for (const { consumer } of all) {
    const name = consumer.toString("latin1");
    perConsumer.set(name, (perConsumer.get(name) ?? 0) + 1);
  }
  const consumers = [...perConsumer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]): Reply => [Buffer.from(name, "latin1"), String(count)]);
  return [all.length, formatId(first.id), formatId(last.id), consumers];
}

interface ClaimOptions {
  /** New delivery time (Unix milliseconds). */
  delivered: number;
  /** null: count this delivery. */
  deliveries: number | null;
  force: boolean;
  idsOnly: boolean;
  lastId: StreamId | null;
}

function readClaimOptions(args: Arguments, index: number): ClaimOptions {
  const now = Date.now();
  const options: ClaimOptions = { delivered: now, deliveries: null, force: false, idsOnly: false, lastId: null };
  for (let i = index; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "FORCE") options.force = true;
    else if (option === "JUSTID") options.idsOnly = true;
    else if (option === "IDLE" && i + 1 < args.length) {
      const message = "ERR Invalid IDLE option argument for XCLAIM";
      options.delivered = now - args.integer(++i, message);
    } else if (option === "TIME" && i + 1 < args.length) {
      options.delivered = args.integer(++i, "ERR Invalid TIME option argument for XCLAIM");
    } else if (option === "RETRYCOUNT" && i + 1 < args.length) {
      options.deliveries = args.integer(++i, "ERR Invalid RETRYCOUNT option argument for XCLAIM");
      if (options.deliveries < 0) throw new RedisError("ERR Invalid RETRYCOUNT option argument for XCLAIM");
    } else if (option === "LASTID" && i + 1 < args.length) {
      options.lastId = readId(args, ++i);
    } else {
      throw new RedisError(`ERR Unrecognized XCLAIM option '${args.text(i)}'`);
    }
  }
  // A time in the future would make the entry look idle for a negative time.
  options.delivered = Math.min(options.delivered, now);
  return options;
}

function xclaim({ db }: Context, args: Arguments): Reply {
  const { record, group } = requireGroup(db, args);
  const minIdle = Math.max(args.integer(3, "ERR Invalid min-idle-time argument for XCLAIM"), 0);
  let end = 4;
  while (end < args.length && parseId(args.text(end), 0n) !== null) end++;
  const options = readClaimOptions(args, end);
  const consumer = args.bytes(2);
  if (options.lastId !== null && options.lastId > group.lastId) {
    saveGroup(db, record, { ...group, lastId: options.lastId });
  }
  touchConsumer(db, record, group.name, consumer, false);
  const claimed: Reply[] = [];
  for (let i = 4; i < end; i++) {
    const id = readId(args, i);
    const entry = readEntry(db, record, id);
    const [pending] = listPending(db, record, group.name, { start: id, end: id });
    if (entry === null) {
      // Deleted meanwhile: nobody can work on it any more.
      deletePending(db, record, group.name, id);
      continue;
    }
    if (!pending && !options.force) continue;
    if (pending && Date.now() - pending.delivered < minIdle) continue;
    const deliveries = options.deliveries ?? (pending?.deliveries ?? 0) + (options.idsOnly ? 0 : 1);
    savePending(db, record, group.name, { id, consumer, delivered: options.delivered, deliveries });
    claimed.push(options.idsOnly ? formatId(id) : entryReply(entry));
  }
  if (claimed.length > 0) touchConsumer(db, record, group.name, consumer, true);
  return claimed;
}

function xautoclaim({ db }: Context, args: Arguments): Reply {
  const minIdle = Math.max(args.integer(3, "ERR Invalid min-idle-time argument for XAUTOCLAIM"), 0);
  const start = readBound(args, 4, "start");
  let count = 100;
  let idsOnly = false;
  for (let i = 5; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "COUNT" && i + 1 < args.length) {
      count = args.integer(++i, "ERR COUNT must be > 0");
      if (count <= 0) throw new RedisError("ERR COUNT must be > 0");
    } else if (option === "JUSTID") {
      idsOnly = true;
    } else {
      throw syntaxError();
    }
  }
  const { record, group } = requireGroup(db, args);
  const consumer = args.bytes(2);
  touchConsumer(db, record, group.name, consumer, false);
  const claimed: Reply[] = [];
  const deleted: Reply[] = [];
  // As many entries are looked at as could be ten times claimed, so that one call never takes long.
  const looked = listPending(db, record, group.name, { start, limit: count * 10 + 1 });
  let next = MIN_ID;
  for (const [i, pending] of looked.entries()) {
    if (claimed.length === count || i === count * 10) {
      next = pending.id;
      break;
    }
    const entry = readEntry(db, record, pending.id);
    if (entry === null) {
      deletePending(db, record, group.name, pending.id);
      deleted.push(formatId(pending.id));
      continue;
    }
    if (Date.now() - pending.delivered < minIdle) continue;
    const deliveries = pending.deliveries + (idsOnly ? 0 : 1);
    savePending(db, record, group.name, { ...pending, consumer, delivered: Date.now(), deliveries });
    claimed.push(idsOnly ? formatId(pending.id) : entryReply(entry));
  }
  if (claimed.length > 0) touchConsumer(db, record, group.name, consumer, true);
  return [formatId(next === MAX_ID ? MIN_ID : next), claimed, deleted];
}

export const streamPendingCommands: Command[] = [
  command("xpending", -3, "readonly", ONE_KEY, xpending),
  command("xclaim", -6, "write fast", ONE_KEY, xclaim),
  command("xautoclaim", -6, "write fast", ONE_KEY, xautoclaim),
];
