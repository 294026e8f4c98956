import type { Arguments } from "../arguments";
import { type Command, command, type Context, NO_KEYS, ONE_KEY } from "../command";
import type { Database } from "../database";
import { RedisError, syntaxError, wrongArity } from "../errors";
import type { KeyRecord } from "../keyspace";
import { MapReply, NULL_ARRAY, OK, type Reply } from "../reply";
import {
  appendEntry,
  createStream,
  deleteEntries,
  edgeEntry,
  entryReply,
  readEntries,
  readState,
  saveState,
  type Trim,
  trimEntries,
} from "../storage/stream";
import {
  formatId,
  invalidId,
  makeId,
  MAX_ID,
  MAX_SEQUENCE,
  millisecondsOf,
  MIN_ID,
  parseId,
  readBound,
  readId,
  sequenceOf,
  type StreamId,
} from "../storage/stream-id";

/** Most entries an approximate trim deletes when no LIMIT is given. */
const DEFAULT_TRIM_LIMIT = 10_000;

/** `MAXLEN|MINID [=|~] threshold [LIMIT count]` at `index`, and the index after it. */
function readTrim(args: Arguments, index: number): [Trim, number] {
  const by = args.keyword(index) === "MAXLEN" ? "MAXLEN" : "MINID";
  let i = index + 1;
  const sign = i < args.length ? args.text(i) : "";
  const approximate = sign === "~";
  if (sign === "~" || sign === "=") i++;
  const trim: Trim = { by, length: 0, id: MIN_ID, approximate, limit: DEFAULT_TRIM_LIMIT };
  if (by === "MAXLEN") {
    trim.length = args.integer(i++);
    if (trim.length < 0) throw new RedisError("ERR The MAXLEN argument must be >= 0.");
  } else {
    trim.id = readId(args, i++);
  }
  if (i + 1 < args.length && args.keyword(i) === "LIMIT") {
    trim.limit = args.integer(i + 1);
    if (trim.limit < 0) throw new RedisError("ERR The LIMIT argument must be >= 0.");
    if (!approximate) {
      throw new RedisError("ERR syntax error, LIMIT cannot be used without the special ~ option");
    }
    i += 2;
  }
  return [trim, i];
}

function isTrim(keyword: string): boolean {
  return keyword === "MAXLEN" || keyword === "MINID";
}

/** The id that XADD is asked for: a whole one, one whose sequence number is to be found, or any. */
type WantedId = { id: StreamId } | { milliseconds: bigint } | "any";

function readWantedId(text: string): WantedId {
  if (text === "*") return "any";
  if (text.endsWith("-*")) {
    const id = parseId(text.slice(0, -2), 0n);
    if (id === null || text.slice(0, -2).includes("-")) throw invalidId();
    return { milliseconds: millisecondsOf(id) };
  }
  const id = parseId(text, 0n);
  if (id === null) throw invalidId();
  if (id === MIN_ID) throw new RedisError("ERR The ID specified in XADD must be greater than 0-0");
  return { id };
}

const idTooSmall = () =>
  new RedisError("ERR The ID specified in XADD is equal or smaller than the target stream top item");

function nextId(wanted: WantedId, lastId: StreamId): StreamId {
  if (lastId === MAX_ID) {
    throw new RedisError("ERR The stream has exhausted the last possible ID, unable to add more items");
  }
  if (wanted === "any") {
    const now = makeId(BigInt(Date.now()), 0n);
    return now > lastId ? now : lastId + 1n;
  }
  if ("id" in wanted) {
    if (wanted.id <= lastId) throw idTooSmall();
    return wanted.id;
  }
  const first = makeId(wanted.milliseconds, 0n);
  if (millisecondsOf(lastId) < wanted.milliseconds) return first === MIN_ID ? 1n : first;
  if (millisecondsOf(lastId) > wanted.milliseconds || sequenceOf(lastId) === MAX_SEQUENCE) throw idTooSmall();
  return lastId + 1n;
}

function xadd({ db }: Context, args: Arguments): Reply {
  let trim: Trim | null = null;
  let mayCreate = true;
  let i = 1;
  for (; i < args.length;) {
    const option = args.keyword(i);
    if (option === "NOMKSTREAM") {
      mayCreate = false;
      i++;
    } else if (isTrim(option)) {
      if (trim && trim.by !== option) {
        throw new RedisError("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
      }
      [trim, i] = readTrim(args, i);
    } else {
      break;
    }
  }
  const wanted = readWantedId(args.text(i));
  const fields = args.from(i + 1);
  if (fields.length < 2 || fields.length % 2 !== 0) throw wrongArity("xadd");
  const key = args.bytes(0);
  let record = db.typed(key, "stream");
  if (record === null && !mayCreate) return null;
  const id = nextId(wanted, record ? readState(record).lastId : MIN_ID);
  record ??= createStream(db, key);
  appendEntry(db, record, { id, fields });
  db.changed(key, "t", "xadd");
  if (trim && trimEntries(db, record, trim) > 0) db.keyspace.event(db.index, key, "t", "xtrim");
  return formatId(id);
}

function range(reverse: boolean): Command["run"] {
  return ({ db }, args) => {
    const [from, to] = reverse ? [2, 1] : [1, 2];
    const start = readBound(args, from, "start");
    const end = readBound(args, to, "end");
    let limit = -1;
    for (let i = 3; i < args.length; i += 2) {
      if (args.keyword(i) !== "COUNT" || i + 1 >= args.length) throw syntaxError();
      limit = Math.max(args.integer(i + 1), 0);
    }
    const record = db.typed(args.bytes(0), "stream");
    if (record === null) return [];
    if (limit === 0) return NULL_ARRAY;
    return readEntries(db, record, start, end, limit, reverse).map(entryReply);
  };
}

function xdel({ db }: Context, args: Arguments): Reply {
  const ids = args.from(1).map((_, i) => readId(args, i + 1));
  const record = db.typed(args.bytes(0), "stream");
  if (record === null) return 0;
  const deleted = deleteEntries(db, record, ids);
  if (deleted > 0) db.changed(record.key, "t", "xdel");
  return deleted;
}

function xtrim({ db }: Context, args: Arguments): Reply {
  if (!isTrim(args.keyword(1))) throw syntaxError();
  const [trim, end] = readTrim(args, 1);
  if (end !== args.length) throw syntaxError();
  const record = db.typed(args.bytes(0), "stream");
  if (record === null) return 0;
  const trimmed = trimEntries(db, record, trim);
  if (trimmed > 0) db.changed(record.key, "t", "xtrim");
  return trimmed;
}

function xsetid({ db }: Context, args: Arguments): Reply {
  const id = readId(args, 1);
  let added: number | null = null;
  let maxDeleted: StreamId | null = null;
  for (let i = 2; i < args.length; i += 2) {
    const option = args.keyword(i);
    if (option === "ENTRIESADDED" && i + 1 < args.length) {
      added = args.integer(i + 1);
      if (added < 0) throw new RedisError("ERR entries_added must be positive");
    } else if (option === "MAXDELETEDID" && i + 1 < args.length) {
      maxDeleted = readId(args, i + 1);
      if (maxDeleted > id) {
        throw new RedisError("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      }
    } else {
      throw syntaxError();
    }
  }
  const record = db.typed(args.bytes(0), "stream");
  if (record === null) throw new RedisError("ERR no such key");
  const state = readState(record);
  if (id < state.maxDeleted) {
    throw new RedisError("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
  }
  const last = edgeEntry(db, record, "last");
  if (last && id < last.id) {
    throw new RedisError("ERR The ID specified in XSETID is smaller than the target stream top item");
  }
  if (added !== null && added < record.size) {
    throw new RedisError("ERR The entries_added specified in XSETID is smaller than the target stream length");
  }
  saveState(db, record, {
    lastId: id,
    added: added ?? state.added,
    maxDeleted: maxDeleted ?? state.maxDeleted,
  });
  db.changed(record.key, "t", "xsetid");
  return OK;
}

/** What XREAD and XREADGROUP have in common: options, and after STREAMS as many ids as keys. */
export interface ReadOptions {
  /** Most entries per stream; -1: all. */
  count: number;
  /** Milliseconds; null: do not wait. */
  block: number | null;
  keys: Buffer[];
  /** Index of the first id among the arguments. */
  idsAt: number;
}

/** Reads the options from `index` on; `extra` handles further options and returns the index after them. */
export function readReadOptions(
  args: Arguments,
  name: string,
  extra: (option: string, index: number) => number | null,
): ReadOptions {
  let count = -1;
  let block: number | null = null;
  for (let i = 0; i < args.length;) {
    const option = args.keyword(i);
    if (option === "COUNT" && i + 1 < args.length) {
      count = args.integer(i + 1);
      if (count <= 0) count = -1;
      i += 2;
    } else if (option === "BLOCK" && i + 1 < args.length) {
      block = args.integer(i + 1, "ERR timeout is not an integer or out of range");
      if (block < 0) throw new RedisError("ERR timeout is negative");
      i += 2;
    } else if (option === "STREAMS" && i + 1 < args.length) {
      const rest = args.length - i - 1;
      if (rest % 2 !== 0) {
        throw new RedisError(
          `ERR Unbalanced '${name}' list of streams: for each stream key an ID or '${name === "xread" ? "$" : ">"}' must be specified.`,
        );
      }
      // Copies: a blocked client keeps them.
      const keys = args.list.slice(i + 1, i + 1 + rest / 2).map((key) => Buffer.from(key));
      return { count, block, keys, idsAt: i + 1 + rest / 2 };
    } else {
      const next = extra(option, i);
      if (next === null) throw syntaxError();
      i = next;
    }
  }
  throw syntaxError();
}

/** Streams with their entries: a map in RESP3, a list of pairs in RESP2. */
export function streamsReply(streams: [Buffer, Reply][], protocol: number): Reply {
  return protocol === 3 ? new MapReply(streams) : streams.map(([key, entries]): Reply => [key, entries]);
}

function xread(context: Context, args: Arguments): Reply {
  const { db, session } = context;
  const options = readReadOptions(args, "xread", () => null);
  const { count, keys } = options;
  const after = keys.map((key, i) => {
    const record = db.typed(key, "stream");
    const text = args.text(options.idsAt + i);
    if (text === "$") return record ? readState(record).lastId : MIN_ID;
    if (text === ">") {
      throw new RedisError(
        "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
      );
    }
    return readId(args, options.idsAt + i);
  });
  const attempt = (): Reply | undefined => {
    const found: [Buffer, Reply][] = [];
    keys.forEach((key, i) => {
      const entries = readAfter(db, db.find(key), after[i]!, count);
      if (entries.length > 0) found.push([key, entries]);
    });
    return found.length > 0 ? streamsReply(found, session.protocol) : undefined;
  };
  const reply = attempt();
  if (reply !== undefined) return reply;
  if (options.block === null) return NULL_ARRAY;
  return context.block({ keys, timeout: options.block, attempt, otherwise: NULL_ARRAY });
}

function readAfter(db: Database, record: KeyRecord | null, id: StreamId, count: number): Reply[] {
  if (record?.type !== "stream" || id === MAX_ID) return [];
  return readEntries(db, record, id + 1n, MAX_ID, count).map(entryReply);
}

export const streamCommands: Command[] = [
  command("xadd", -5, "write denyoom fast", ONE_KEY, xadd),
  command("xlen", 2, "readonly fast", ONE_KEY, ({ db }, args) => {
    return db.typed(args.bytes(0), "stream")?.size ?? 0;
  }),
  command("xrange", -4, "readonly", ONE_KEY, range(false)),
  command("xrevrange", -4, "readonly", ONE_KEY, range(true)),
  command("xdel", -3, "write fast", ONE_KEY, xdel),
  command("xtrim", -4, "write", ONE_KEY, xtrim),
  command("xsetid", -3, "write denyoom fast", ONE_KEY, xsetid),
  command("xread", -4, "readonly blocking movablekeys", NO_KEYS, xread),
];
