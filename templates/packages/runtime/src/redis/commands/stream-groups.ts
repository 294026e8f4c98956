import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, ONE_KEY, type Subcommand } from "../command";
import type { Database } from "../database";
import { RedisError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { NULL_ARRAY, OK, type Reply } from "../reply";
import { createStream, entryReply, readEntries, readEntry, readState } from "../storage/stream";
import {
  countRead,
  deleteConsumer,
  deleteGroup,
  deletePending,
  findGroup,
  type Group,
  listPending,
  saveGroup,
  savePending,
  touchConsumer,
} from "../storage/stream-groups";
import { formatId, MAX_ID, readId, type StreamId } from "../storage/stream-id";
import { readReadOptions, streamsReply } from "./streams";

const noSuchStream = () =>
  new RedisError(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
  );

const wrongSubcommand = (args: Arguments) =>
  new RedisError(`ERR unknown subcommand or wrong number of arguments for '${args.text(0)}'. Try XGROUP HELP.`);

/** `id` or `$`, the stream's last id. */
function readGroupId(args: Arguments, index: number, record: KeyRecord | null): StreamId {
  if (args.text(index) !== "$") return readId(args, index);
  return record ? readState(record).lastId : 0n;
}

function readEntriesRead(args: Arguments, index: number): number | null {
  const count = args.integer(index);
  if (count < -1) throw new RedisError("ERR value for ENTRIESREAD must be positive or -1");
  return count === -1 ? null : count;
}

function createGroup({ db }: Context, args: Arguments): Reply {
  const [key, name] = [args.bytes(1), args.bytes(2)];
  let mayCreate = false;
  let entriesRead: number | null = null;
  for (let i = 4; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "MKSTREAM") mayCreate = true;
    else if (option === "ENTRIESREAD" && i + 1 < args.length) entriesRead = readEntriesRead(args, ++i);
    else throw wrongSubcommand(args);
  }
  let record = db.typed(key, "stream");
  if (record === null && !mayCreate) throw noSuchStream();
  const lastId = readGroupId(args, 3, record);
  record ??= createStream(db, key);
  if (findGroup(db, record, name)) throw new RedisError("BUSYGROUP Consumer Group name already exists");
  saveGroup(db, record, { name, lastId, entriesRead });
  db.changed(key, "t", "xgroup-create");
  return OK;
}

/** The stream and the group that an XGROUP subcommand names. */
function requireGroup({ db }: Context, args: Arguments): { record: KeyRecord; group: Group } {
  const record = db.typed(args.bytes(1), "stream");
  if (record === null) throw noSuchStream();
  const group = findGroup(db, record, args.bytes(2));
  if (group === null) {
    throw new RedisError(`NOGROUP No such consumer group '${args.text(2)}' for key name '${args.text(1)}'`);
  }
  return { record, group };
}

const XGROUP: Record<string, Subcommand> = {
  CREATE: { arity: -5, run: createGroup },
  SETID: {
    arity: -5,
    run: (context, args) => {
      let entriesRead: number | null = null;
      for (let i = 4; i < args.length; i++) {
        if (args.keyword(i) !== "ENTRIESREAD" || i + 1 >= args.length) throw wrongSubcommand(args);
        entriesRead = readEntriesRead(args, ++i);
      }
      const { record, group } = requireGroup(context, args);
      saveGroup(context.db, record, { ...group, lastId: readGroupId(args, 3, record), entriesRead });
      context.db.changed(record.key, "t", "xgroup-setid");
      return OK;
    },
  },
  DESTROY: {
    arity: 4,
    run: ({ db }, args) => {
      const record = db.typed(args.bytes(1), "stream");
      if (record === null) throw noSuchStream();
      if (findGroup(db, record, args.bytes(2)) === null) return 0;
      deleteGroup(db, record, args.bytes(2));
      db.changed(record.key, "t", "xgroup-destroy");
      return 1;
    },
  },
  CREATECONSUMER: {
    arity: 5,
    run: (context, args) => {
      const { record, group } = requireGroup(context, args);
      if (!touchConsumer(context.db, record, group.name, args.bytes(3), false)) return 0;
      context.db.changed(record.key, "t", "xgroup-createconsumer");
      return 1;
    },
  },
  DELCONSUMER: {
    arity: 5,
    run: (context, args) => {
      const { record, group } = requireGroup(context, args);
      const pending = deleteConsumer(context.db, record, group.name, args.bytes(3));
      context.db.changed(record.key, "t", "xgroup-delconsumer");
      return pending;
    },
  },
};

interface GroupRead {
  group: Buffer;
  consumer: Buffer;
  count: number;
  noAck: boolean;
}

function xreadgroup(context: Context, args: Arguments): Reply {
  const { db, session } = context;
  let names: [Buffer, Buffer] | null = null;
  let noAck = false;
  const options = readReadOptions(args, "xreadgroup", (option, i) => {
    if (option === "GROUP" && i + 2 < args.length) {
      names = [Buffer.from(args.bytes(i + 1)), Buffer.from(args.bytes(i + 2))];
      return i + 3;
    }
    if (option !== "NOACK") return null;
    noAck = true;
    return i + 1;
  });
  if (names === null) throw new RedisError("ERR Missing GROUP option for XREADGROUP");
  const [group, consumer] = names as [Buffer, Buffer];
  const read: GroupRead = { group, consumer, count: options.count, noAck };
  const { keys } = options;
  const after = keys.map((key, i) => {
    requireReadGroup(db, key, group);
    const text = args.text(options.idsAt + i);
    if (text === "$") {
      throw new RedisError(
        "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.",
      );
    }
    return text === ">" ? null : readId(args, options.idsAt + i);
  });
  const attempt = (): Reply | undefined => {
    const found: [Buffer, Reply][] = [];
    keys.forEach((key, i) => {
      const from = after[i]!;
      const history = from !== null && from !== undefined;
      const entries = history ? readHistory(db, key, read, from) : readNew(db, key, read);
      // History is answered even when it is empty.
      if (history || entries.length > 0) found.push([key, entries]);
    });
    return found.length > 0 ? streamsReply(found, session.protocol) : undefined;
  };
  const reply = attempt();
  if (reply !== undefined) return reply;
  if (options.block === null) return NULL_ARRAY;
  return context.block({ keys, timeout: options.block, attempt, otherwise: NULL_ARRAY });
}

function requireReadGroup(db: Database, key: Buffer, name: Buffer): { record: KeyRecord; group: Group } {
  const record = db.typed(key, "stream");
  const group = record && findGroup(db, record, name);
  if (!record || !group) {
    throw new RedisError(
      `NOGROUP No such key '${key.toString("latin1")}' or consumer group '${name.toString("latin1")}' in XREADGROUP with GROUP option`,
    );
  }
  return { record, group };
}

/** Delivers entries that no consumer of the group has got yet. */
function readNew(db: Database, key: Buffer, read: GroupRead): Reply[] {
  const { record, group } = requireReadGroup(db, key, read.group);
  const entries = group.lastId === MAX_ID ? [] : readEntries(db, record, group.lastId + 1n, MAX_ID, read.count);
  touchConsumer(db, record, group.name, read.consumer, entries.length > 0);
  if (entries.length === 0) return [];
  let current = group;
  for (const { id } of entries) {
    current = { ...current, entriesRead: countRead(db, record, current, id), lastId: id };
    if (read.noAck) continue;
    const pending = { id, consumer: read.consumer, delivered: Date.now(), deliveries: 1 };
    savePending(db, record, group.name, pending);
  }
  saveGroup(db, record, current);
  db.keyspace.event(db.index, key, "t", "xreadgroup");
  return entries.map(entryReply);
}

/** What this consumer got before and has not acknowledged. A deleted entry is shown without fields. */
function readHistory(db: Database, key: Buffer, read: GroupRead, after: StreamId): Reply[] {
  const { record, group } = requireReadGroup(db, key, read.group);
  touchConsumer(db, record, group.name, read.consumer, false);
  const pending = listPending(db, record, group.name, {
    consumer: read.consumer,
    start: after === MAX_ID ? MAX_ID : after + 1n,
    limit: read.count,
  });
  return pending.map((item) => {
    const entry = readEntry(db, record, item.id);
    if (entry === null) return [formatId(item.id), NULL_ARRAY];
    savePending(db, record, group.name, { ...item, delivered: Date.now(), deliveries: item.deliveries + 1 });
    return entryReply(entry);
  });
}

function xack({ db }: Context, args: Arguments): Reply {
  const record = db.typed(args.bytes(0), "stream");
  const group = record && findGroup(db, record, args.bytes(1));
  if (!record || !group) return 0;
  const ids = args.from(2).map((_, i) => readId(args, i + 2));
  return ids.filter((id) => deletePending(db, record, group.name, id)).length;
}

export const streamGroupCommands: Command[] = [
  command("xgroup", -2, "write denyoom", [2, 2, 1], (context, args) => dispatch("xgroup", XGROUP, context, args)),
  command("xreadgroup", -7, "write blocking movablekeys", NO_KEYS, xreadgroup),
  command("xack", -4, "write fast", ONE_KEY, xack),
];
