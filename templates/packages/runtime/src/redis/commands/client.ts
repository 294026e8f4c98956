import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, type Subcommand } from "../command";
import { RedisError, syntaxError } from "../errors";
import { ErrorReply, MapReply, NO_REPLY, OK, type Reply, VerbatimReply } from "../reply";
import type { Session } from "../session";
import { readClientName } from "./connection";

/** One line of CLIENT LIST. Network details are those of a local connection: clients come through the platform. */
function describe(session: Session): string {
  const now = Date.now();
  const seconds = (since: number) => Math.floor((now - since) / 1000);
  const subscribed = session.channels.size + session.patterns.size + session.shardChannels.size;
  const flags = `${session.monitoring ? "O" : ""}${subscribed > 0 ? "P" : ""}${session.transaction ? "x" : ""}`;
  const fields: Record<string, string | number> = {
    id: session.id,
    addr: `127.0.0.1:${session.id % 65536}`,
    laddr: "127.0.0.1:6379",
    fd: session.id,
    name: session.name,
    age: seconds(session.connectedAt),
    idle: seconds(session.lastCommandAt),
    flags: flags || "N",
    db: session.database,
    sub: session.channels.size,
    psub: session.patterns.size,
    ssub: session.shardChannels.size,
    multi: session.transaction ? session.transaction.queue.length : -1,
    cmd: session.lastCommand,
    user: "default",
    resp: session.protocol,
    "lib-name": session.library.name,
    "lib-ver": session.library.version,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function list({ server }: Context, args: Arguments): Reply {
  let sessions = [...server.sessions.values()];
  if (args.length > 1) {
    const option = args.keyword(1);
    if (option === "ID" && args.length > 2) {
      const ids = new Set(args.from(2).map((_, i) => args.integer(i + 2, "ERR Invalid client ID")));
      sessions = sessions.filter((session) => ids.has(session.id));
    } else if (option === "TYPE" && args.length === 3) {
      sessions = sessions.filter((session) => isOfType(session, args.text(2)));
    } else {
      throw syntaxError();
    }
  }
  return new VerbatimReply(sessions.map((session) => `${describe(session)}\n`).join(""));
}

function isOfType(session: Session, type: string): boolean {
  const subscribed = session.channels.size + session.patterns.size > 0;
  switch (type.toLowerCase()) {
    case "normal":
      return !subscribed;
    case "pubsub":
      return subscribed;
    case "master":
    case "replica":
    case "slave":
      return false;
    default:
      throw new RedisError(`ERR Unknown client type '${type}'`);
  }
}

function kill({ server, session }: Context, args: Arguments): Reply {
  if (args.length === 2) throw new RedisError("ERR No such client");
  let victims = [...server.sessions.values()];
  let skipMe = true;
  for (let i = 1; i < args.length; i += 2) {
    const option = args.keyword(i);
    const value = args.text(i + 1);
    if (option === "ID") {
      const id = args.integer(i + 1, "ERR client-id should be greater than 0");
      if (id <= 0) {
        throw new RedisError("ERR client-id should be greater than 0");
      }
      victims = victims.filter((one) => one.id === id);
    } else if (option === "TYPE") {
      victims = victims.filter((one) => isOfType(one, value));
    } else if (option === "SKIPME" && /^(?:yes|no)$/i.test(value)) {
      skipMe = value.toLowerCase() === "yes";
    } else {
      throw syntaxError();
    }
  }
  victims = victims.filter((one) => !skipMe || one !== session);
  for (const victim of victims) {
    server.close(victim);
    victim.disconnect();
  }
  return victims.length;
}

function reply({ session }: Context, args: Arguments): Reply {
  const mode = args.keyword(1);
  if (mode === "ON") {
    session.replies = "on";
    return OK;
  }
  if (mode !== "OFF" && mode !== "SKIP") throw syntaxError();
  session.replies = mode === "OFF" ? "off" : "skip-next";
  return NO_REPLY;
}

function setInfo({ session }: Context, args: Arguments): Reply {
  const attribute = args.keyword(1);
  const value = args.text(2);
  if (!/^[!-~]*$/.test(value)) {
    throw new RedisError(`ERR ${attribute.toLowerCase()} cannot contain spaces, newlines or special characters.`);
  }
  if (attribute === "LIB-NAME") session.library.name = value;
  else if (attribute === "LIB-VER") session.library.version = value;
  else throw new RedisError(`ERR Unrecognized option '${args.text(1)}'`);
  return OK;
}

function unblock({ server }: Context, args: Arguments): Reply {
  const id = args.integer(1);
  const how = args.length > 2 ? args.keyword(2) : "TIMEOUT";
  if (how !== "TIMEOUT" && how !== "ERROR") {
    throw new RedisError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const session = server.sessions.get(id);
  if (!session) return 0;
  const error = new ErrorReply("UNBLOCKED client unblocked via CLIENT UNBLOCK");
  const done = server.blocked.interrupt(session, how === "ERROR" ? error : undefined);
  return done ? 1 : 0;
}

function unsupported(name: string): Subcommand {
  return {
    arity: -2,
    run: () => {
      throw new RedisError(`ERR CLIENT ${name} is not supported by this server`);
    },
  };
}

/** ON or OFF for something that has no effect here: there is neither eviction nor an access clock. */
const toggle: Command["run"] = (_, args) => {
  if (!/^(?:ON|OFF)$/.test(args.keyword(1))) throw syntaxError();
  return OK;
};

const CLIENT: Record<string, Subcommand> = {
  ID: { arity: 2, run: ({ session }) => session.id },
  INFO: {
    arity: 2,
    run: ({ session }) => new VerbatimReply(`${describe(session)}\n`),
  },
  LIST: { arity: -2, run: list },
  GETNAME: { arity: 2, run: ({ session }) => session.name || null },
  SETNAME: {
    arity: 3,
    run: ({ session }, args) => {
      session.name = readClientName(args, 1);
      return OK;
    },
  },
  SETINFO: { arity: 4, run: setInfo },
  KILL: { arity: -3, run: kill },
  REPLY: { arity: 3, run: reply },
  UNBLOCK: { arity: -3, run: unblock },
  "NO-EVICT": { arity: 3, run: toggle },
  "NO-TOUCH": { arity: 3, run: toggle },
  GETREDIR: { arity: 2, run: () => -1 },
  TRACKINGINFO: {
    arity: 2,
    run: () =>
      new MapReply([
        ["flags", ["off"]],
        ["redirect", -1],
        ["prefixes", []],
      ]),
  },
  TRACKING: unsupported("TRACKING"),
  CACHING: unsupported("CACHING"),
  PAUSE: unsupported("PAUSE"),
  UNPAUSE: { arity: 2, run: () => OK },
};

export const clientCommands: Command[] = [
  command("client", -2, "noscript", NO_KEYS, (context, args) => dispatch("client", CLIENT, context, args)),
];
