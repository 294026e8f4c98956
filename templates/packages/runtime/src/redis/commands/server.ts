import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, type Subcommand } from "../command";
import { RedisError, wrongArity } from "../errors";
import { describeCommand, extractKeys } from "./command-info";
import { infoText } from "./info";
import { objectCommands } from "./object";
import { MapReply, OK, type Reply, Status, VerbatimReply } from "../reply";

function time(): Reply {
  const now = Date.now();
  // Workers' clock has milliseconds.
  return [String(Math.floor(now / 1000)), String((now % 1000) * 1000)];
}

const CONFIG: Record<string, Subcommand> = {
  GET: {
    arity: -3,
    run: ({ server }, args) => new MapReply(server.config.matching(args.from(1).map((name) => name.toString()))),
  },
  SET: {
    arity: -4,
    run: ({ server }, args) => {
      if (args.length % 2 !== 1) throw wrongArity("config|set");
      server.config.setAll(args.pairs(1).map(([name, value]) => [name.toString(), value.toString()]));
      server.configChanged();
      return OK;
    },
  },
  RESETSTAT: {
    arity: 2,
    run: ({ server }) => {
      server.stats.commands = 0;
      server.stats.connections = 0;
      return OK;
    },
  },
  REWRITE: {
    arity: 2,
    run: () => {
      throw new RedisError("ERR The server is running without a config file");
    },
  },
};

const COMMAND: Record<string, Subcommand> = {
  COUNT: { arity: 2, run: ({ server }) => server.commands.size },
  LIST: { arity: -2, run: ({ server }) => [...server.commands.keys()] },
  INFO: {
    arity: -2,
    run: ({ server }, args) => {
      const names = args.from(1).map((name) => name.toString().toLowerCase());
      return (names.length > 0 ? names : [...server.commands.keys()]).map((name) => {
        const found = server.commands.get(name);
        return found ? describeCommand(found) : null;
      });
    },
  },
  // Documentation is for people at a prompt; an empty map is what redis-cli accepts as "none".
  DOCS: { arity: -2, run: () => new MapReply([]) },
  GETKEYS: {
    arity: -4,
    run: ({ server }, args) => extractKeys(server.commands, args.from(1)),
  },
};

function commandCommand(context: Context, args: Arguments): Reply {
  return args.length === 0
    ? [...context.server.commands.values()].map(describeCommand)
    : dispatch("command", COMMAND, context, args);
}

const ACL: Record<string, Subcommand> = {
  WHOAMI: { arity: 2, run: () => "default" },
  USERS: { arity: 2, run: () => ["default"] },
  LIST: {
    arity: 2,
    run: ({ server }) => [
      server.config.get("requirepass") === ""
        ? "user default on nopass sanitize-payload ~* &* +@all"
        : "user default on sanitize-payload ~* &* +@all",
    ],
  },
  CAT: {
    arity: -2,
    run: () => [
      "keyspace",
      "read",
      "write",
      "set",
      "sortedset",
      "list",
      "hash",
      "string",
      "bitmap",
      "hyperloglog",
      "geo",
      "stream",
      "pubsub",
      "admin",
      "fast",
      "slow",
      "blocking",
      "dangerous",
      "connection",
      "transaction",
      "scripting",
    ],
  },
};

function memory(context: Context, args: Arguments): Reply {
  return dispatch(
    "memory",
    {
      USAGE: {
        arity: -3,
        run: ({ db }, rest) => {
          const record = db.find(rest.bytes(1));
          if (record === null) return null;
          // What the record takes at least; a collection's elements are estimated.
          const elements = record.type === "string" ? 1 : 64;
          return 64 + record.key.length + record.size * elements;
        },
      },
      DOCTOR: {
        arity: 2,
        run: () => new VerbatimReply("The data is in SQLite, not in memory.\n"),
      },
      PURGE: { arity: 2, run: () => OK },
    },
    context,
    args,
  );
}

const LATENCY: Record<string, Subcommand> = {
  LATEST: { arity: 2, run: () => [] },
  HISTORY: { arity: 3, run: () => [] },
  RESET: { arity: -2, run: () => 0 },
};

const SLOWLOG: Record<string, Subcommand> = {
  // A Durable Object's clock stands still while it computes: no command can be measured.
  GET: { arity: -2, run: () => [] },
  LEN: { arity: 2, run: () => 0 },
  RESET: { arity: 2, run: () => OK },
};

const MODULE: Record<string, Subcommand> = {
  LIST: { arity: 2, run: () => [] },
};

function family(name: string, arity: number, flags: string, table: Record<string, Subcommand>): Command {
  return command(name, arity, flags, NO_KEYS, (context, args) => dispatch(name, table, context, args));
}

function debug(_: Context, args: Arguments): Reply {
  throw new RedisError(`ERR DEBUG ${args.keyword(0)} is not supported by this server`);
}

/** Saving happens with every command, so there is nothing left to do when it is asked for. */
const alreadySaved = (text: string): Command["run"] => {
  return () => new Status(text);
};

export const serverCommands: Command[] = [
  ...objectCommands,
  command("info", -1, "", NO_KEYS, ({ server }, args) => {
    const sections = args.list.map((name) => name.toString().toLowerCase());
    return new VerbatimReply(infoText(server, sections));
  }),
  command("time", 1, "fast", NO_KEYS, time),
  family("config", -2, "admin noscript", CONFIG),
  command("command", -1, "", NO_KEYS, commandCommand),
  family("acl", -2, "admin noscript", ACL),
  command("memory", -2, "readonly", NO_KEYS, memory),
  family("latency", -2, "admin noscript", LATENCY),
  family("slowlog", -2, "admin", SLOWLOG),
  family("module", -2, "admin noscript", MODULE),
  command("debug", -2, "admin noscript", NO_KEYS, debug),
  command("save", 1, "admin noscript", NO_KEYS, alreadySaved("OK")),
  command("bgsave", -1, "admin noscript", NO_KEYS, alreadySaved("Background saving started")),
  command("bgrewriteaof", 1, "admin noscript", NO_KEYS, alreadySaved("Background append only file rewriting started")),
  command("lastsave", 1, "fast", NO_KEYS, () => Math.floor(Date.now() / 1000)),
  command("role", 1, "noscript fast", NO_KEYS, () => ["master", 0, []]),
  command("monitor", 1, "admin noscript", NO_KEYS, ({ server, session }) => {
    session.monitoring = true;
    server.monitors.add(session);
    return OK;
  }),
  command("shutdown", -1, "admin noscript", NO_KEYS, () => {
    throw new RedisError("ERR SHUTDOWN is not supported: the platform starts and stops this server");
  }),
  command("replicaof", 3, "admin noscript", NO_KEYS, noReplication),
  command("slaveof", 3, "admin noscript", NO_KEYS, noReplication),
  command("cluster", -2, "", NO_KEYS, () => {
    throw new RedisError("ERR This instance has cluster support disabled");
  }),
  command("readonly", 1, "fast", NO_KEYS, () => {
    throw new RedisError("ERR This instance has cluster support disabled");
  }),
  command("readwrite", 1, "fast", NO_KEYS, () => {
    throw new RedisError("ERR This instance has cluster support disabled");
  }),
];

function noReplication(): Reply {
  throw new RedisError("ERR replication is not supported by this server");
}
