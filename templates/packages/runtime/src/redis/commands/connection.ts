import { timingSafeEqual } from "node:crypto";
import type { Arguments } from "../arguments";
import { type Command, command, type Context, NO_KEYS } from "../command";
import { RedisError, wrongArity } from "../errors";
import { MapReply, OK, type Reply, Status } from "../reply";
import { REDIS_VERSION } from "../version";

function ping({ session }: Context, args: Arguments): Reply {
  if (args.length > 1) throw wrongArity("ping");
  const subscribed = session.channels.size + session.patterns.size > 0;
  if (subscribed && session.protocol === 2) {
    return ["pong", args.length > 0 ? args.bytes(0) : ""];
  }
  return args.length > 0 ? args.bytes(0) : new Status("PONG");
}

/** There is one user, `default`, as long as no ACL rules are given; its password is `requirepass`. */
function authenticate({ server, session }: Context, user: string, password: Buffer): void {
  const expected = Buffer.from(server.config.get("requirepass"));
  // Without a password the default user may log in with any.
  const right = user === "default" && (expected.length === 0 || same(expected, password));
  if (!right) {
    throw new RedisError("WRONGPASS invalid username-password pair or user is disabled.");
  }
  session.authenticated = true;
}

function same(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function auth(context: Context, args: Arguments): Reply {
  if (args.length > 2) throw new RedisError("ERR syntax error");
  if (args.length === 1) {
    if (context.server.config.get("requirepass") === "") {
      throw new RedisError(
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
      );
    }
    authenticate(context, "default", args.bytes(0));
  } else {
    authenticate(context, args.text(0), args.bytes(1));
  }
  return OK;
}

function hello(context: Context, args: Arguments): Reply {
  const { session } = context;
  let protocol = session.protocol;
  let name: string | null = null;
  if (args.length > 0) {
    protocol = args.integer(0, "ERR Protocol version is not an integer or out of range");
    if (protocol !== 2 && protocol !== 3) {
      throw new RedisError("NOPROTO unsupported protocol version");
    }
  }
  for (let i = 1; i < args.length; i++) {
    const option = args.keyword(i);
    if (option === "AUTH" && i + 2 < args.length) {
      authenticate(context, args.text(i + 1), args.bytes(i + 2));
      i += 2;
    } else if (option === "SETNAME" && i + 1 < args.length) {
      name = readClientName(args, ++i);
    } else {
      throw new RedisError(`ERR Syntax error in HELLO option '${args.text(i)}'`);
    }
  }
  if (!session.authenticated) {
    throw new RedisError(
      "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
    );
  }
  if (name !== null) session.name = name;
  session.protocol = protocol;
  return new MapReply([
    ["server", "redis"],
    ["version", REDIS_VERSION],
    ["proto", protocol],
    ["id", session.id],
    ["mode", "standalone"],
    ["role", "master"],
    ["modules", []],
  ]);
}

/** A client's name: printable, without blanks, because CLIENT LIST shows it between blanks. */
export function readClientName(args: Arguments, index: number): string {
  const name = args.text(index);
  if (!/^[!-~]*$/.test(name)) {
    throw new RedisError("ERR Client names cannot contain spaces, newlines or special characters.");
  }
  return name;
}

function reset({ server, session }: Context): Reply {
  session.transaction = null;
  server.watches.clear(session);
  server.pubsub.forget(session);
  server.monitors.delete(session);
  session.protocol = 2;
  session.database = 0;
  session.name = "";
  session.replies = "on";
  session.authenticated = server.config.get("requirepass") === "";
  return new Status("RESET");
}

export const connectionCommands: Command[] = [
  command("ping", -1, "fast", NO_KEYS, ping),
  command("echo", 2, "fast", NO_KEYS, (_, args) => args.bytes(0)),
  command("auth", -2, "noscript fast no-auth", NO_KEYS, auth),
  command("hello", -1, "noscript fast no-auth", NO_KEYS, hello),
  command("reset", 1, "noscript fast no-auth", NO_KEYS, reset),
  command("quit", -1, "noscript fast no-auth", NO_KEYS, ({ session }) => {
    session.end();
    return OK;
  }),
];
