import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, type Subcommand } from "../command";
import type { Database } from "../database";
import { noSuchKey, RedisError, syntaxError } from "../errors";
import type { KeyRecord } from "../keyspace";
import { MapReply, type Reply } from "../reply";
import { edgeEntry, entryReply, readEntries, readState } from "../storage/stream";
import {
  type Consumer,
  findGroup,
  type Group,
  lagOf,
  listConsumers,
  listGroups,
  listPending,
} from "../storage/stream-groups";
import { formatId, MAX_ID, MIN_ID } from "../storage/stream-id";

function requireStream(db: Database, key: Buffer): KeyRecord {
  const record = db.typed(key, "stream");
  if (record === null) throw noSuchKey();
  return record;
}

function streamInfo({ db }: Context, args: Arguments): Reply {
  let full = false;
  let count = 10;
  if (args.length > 2) {
    if (args.keyword(2) !== "FULL" || (args.length !== 3 && args.length !== 5)) throw syntaxError();
    full = true;
    if (args.length === 5) {
      if (args.keyword(3) !== "COUNT") throw syntaxError();
      count = Math.max(args.integer(4), 0);
    }
  }
  const record = requireStream(db, args.bytes(1));
  const state = readState(record);
  const first = edgeEntry(db, record, "first");
  const last = edgeEntry(db, record, "last");
  // Redis keeps up to 100 entries in a node of its radix tree.
  const nodes = Math.ceil(record.size / 100);
  const common: [Reply, Reply][] = [
    ["length", record.size],
    ["radix-tree-keys", nodes],
    ["radix-tree-nodes", nodes + 1],
    ["last-generated-id", formatId(state.lastId)],
    ["max-deleted-entry-id", formatId(state.maxDeleted)],
    ["entries-added", state.added],
    ["recorded-first-entry-id", formatId(first?.id ?? MIN_ID)],
  ];
  const groups = listGroups(db, record);
  if (!full) {
    return new MapReply([
      ...common,
      ["groups", groups.length],
      ["first-entry", first ? entryReply(first) : null],
      ["last-entry", last ? entryReply(last) : null],
    ]);
  }
  const entries = readEntries(db, record, MIN_ID, MAX_ID, count === 0 ? -1 : count);
  return new MapReply([
    ...common,
    ["entries", entries.map(entryReply)],
    ["groups", groups.map((group) => fullGroup(db, record, group, count))],
  ]);
}

function fullGroup(db: Database, record: KeyRecord, group: Group, count: number): Reply {
  const limit = count === 0 ? -1 : count;
  const pending = listPending(db, record, group.name);
  const shown = limit < 0 ? pending : pending.slice(0, limit);
  return new MapReply([
    ["name", group.name],
    ["last-delivered-id", formatId(group.lastId)],
    ["entries-read", group.entriesRead],
    ["lag", lagOf(db, record, group)],
    ["pel-count", pending.length],
    ["pel", shown.map((item) => [formatId(item.id), item.consumer, item.delivered, item.deliveries])],
    [
      "consumers",
      listConsumers(db, record, group.name).map((consumer) => {
        const own = pending.filter((item) => item.consumer.equals(consumer.name));
        const ownShown = limit < 0 ? own : own.slice(0, limit);
        return new MapReply([
          ["name", consumer.name],
          ["seen-time", consumer.seen],
          ["active-time", consumer.active ?? -1],
          ["pel-count", own.length],
          ["pel", ownShown.map((item) => [formatId(item.id), item.delivered, item.deliveries])],
        ]);
      }),
    ],
  ]);
}

function groupsInfo({ db }: Context, args: Arguments): Reply {
  const record = requireStream(db, args.bytes(1));
  return listGroups(db, record).map(
    (group) =>
      new MapReply([
        ["name", group.name],
        ["consumers", listConsumers(db, record, group.name).length],
        ["pending", listPending(db, record, group.name).length],
        ["last-delivered-id", formatId(group.lastId)],
        ["entries-read", group.entriesRead],
        ["lag", lagOf(db, record, group)],
      ]),
  );
}

function consumersInfo({ db }: Context, args: Arguments): Reply {
  const record = requireStream(db, args.bytes(1));
  const group = findGroup(db, record, args.bytes(2));
  if (group === null) {
    throw new RedisError(`NOGROUP No such consumer group '${args.text(2)}' for key name '${args.text(1)}'`);
  }
  const pending = listPending(db, record, group.name);
  const now = Date.now();
  return listConsumers(db, record, group.name).map(
    (consumer: Consumer) =>
      new MapReply([
        ["name", consumer.name],
        ["pending", pending.filter((item) => item.consumer.equals(consumer.name)).length],
        ["idle", Math.max(now - consumer.seen, 0)],
        ["inactive", consumer.active === null ? -1 : Math.max(now - consumer.active, 0)],
      ]),
  );
}

const XINFO: Record<string, Subcommand> = {
  STREAM: { arity: -3, run: streamInfo },
  GROUPS: { arity: 3, run: groupsInfo },
  CONSUMERS: { arity: 4, run: consumersInfo },
};

export const streamInfoCommands: Command[] = [
  command("xinfo", -2, "readonly", NO_KEYS, (context, args) => dispatch("xinfo", XINFO, context, args)),
];
