import { Arguments } from "./arguments";
import { BlockedClients } from "./blocking";
import { arityAllows, type Command, type Context, type Wait } from "./command";
import { COMMANDS } from "./commands";
import { Config } from "./config";
import { Database } from "./database";
import { RedisError, wrongArity } from "./errors";
import { ExpiryAlarm } from "./expiry-alarm";
import { type EventClass, Keyspace, type KeyspaceListener } from "./keyspace";
import { Monitors } from "./monitors";
import { PubSub } from "./pubsub";
import { NO_REPLY, QUEUED, type Reply } from "./reply";
import { FunctionLibraries } from "./scripting/libraries";
import { Scripts } from "./scripting/scripts";
import type { Session } from "./session";
import { Watches } from "./watches";

/**
 * Longest element of a collection, and longest key: SQLite in a Durable Object takes rows of up to 2 MB. Strings are stored
 * in parts and may be longer.
 */
export const MAX_ELEMENT_BYTES = 1_900_000;

/** Commands whose arguments may be longer than a row. */
const TAKES_LONG_VALUES = new Set([
  "set",
  "setex",
  "psetex",
  "setnx",
  "getset",
  "mset",
  "msetnx",
  "append",
  "restore",
  "setrange",
  "echo",
  "ping",
  "publish",
  "spublish",
  "eval",
  "evalsha",
  "eval_ro",
  "evalsha_ro",
  "fcall",
  "fcall_ro",
  "script",
]);

/** Commands that work before AUTH, while queueing, and in a RESP2 connection that has subscribed. */
const BEFORE_AUTH = new Set(["auth", "hello", "quit", "reset"]);
const WHILE_QUEUEING = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);
const WHILE_SUBSCRIBED = new Set([
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "ssubscribe",
  "sunsubscribe",
  "ping",
  "quit",
  "reset",
]);

export interface ServerOptions {
  /** The password clients must give; null: none. */
  password: string | null;
  /** Parameters as in redis.conf. */
  config: Record<string, string>;
}

/** A Redis server without its network: it executes commands for sessions, one at a time and without waiting. */
export class Server implements KeyspaceListener {
  readonly keyspace: Keyspace;
  readonly pubsub = new PubSub();
  readonly blocked = new BlockedClients();
  readonly watches = new Watches();
  readonly monitors = new Monitors();
  readonly scripts = new Scripts(this);
  readonly functions = new FunctionLibraries(this);
  readonly config: Config;
  readonly sessions = new Map<number, Session>();
  readonly startedAt = Date.now();
  readonly stats = { commands: 0, connections: 0, expired: 0 };
  readonly commands = COMMANDS;
  private readonly expiryAlarm: ExpiryAlarm;
  private nextSessionId = 1;

  constructor(storage: DurableObjectStorage, options: ServerOptions) {
    this.config = new Config({
      ...options.config,
      ...(options.password === null ? {} : { requirepass: options.password }),
    });
    this.keyspace = new Keyspace(storage.sql, this);
    this.expiryAlarm = new ExpiryAlarm(storage, this.keyspace);
  }

  get databases(): number {
    return this.config.number("databases");
  }

  newSessionId(): number {
    return this.nextSessionId++;
  }

  open(session: Session): void {
    this.sessions.set(session.id, session);
    this.stats.connections++;
  }

  /** The client is gone: nothing may be sent to it or kept for it. */
  close(session: Session): void {
    this.sessions.delete(session.id);
    this.pubsub.forget(session);
    this.watches.clear(session);
    this.blocked.forget(session);
    this.monitors.delete(session);
  }

  /** Executes one command of a client. NO_REPLY: it blocks, or answers nothing. */
  execute(session: Session, argv: Buffer[]): Reply {
    this.stats.commands++;
    try {
      const reply = this.dispatch(session, argv);
      this.blocked.serve();
      return reply;
    } catch (error) {
      return errorReply(error);
    }
  }

  private dispatch(session: Session, argv: Buffer[]): Reply {
    const found = this.lookUp(session, argv);
    if (found instanceof RedisError) {
      if (session.transaction) session.transaction.failed = true;
      throw found;
    }
    session.lastCommand = found.name;
    session.lastCommandAt = Date.now();
    if (session.transaction && !WHILE_QUEUEING.has(found.name)) {
      if (found.flags.includes("no-multi")) {
        session.transaction.failed = true;
        throw new RedisError("ERR Command not allowed inside a transaction");
      }
      session.transaction.queue.push(argv);
      return QUEUED;
    }
    this.monitors.show(session, argv);
    return this.run(session, found, argv, true);
  }

  /** The command that `argv` names, or why it may not be executed by this client now. */
  private lookUp(session: Session, argv: Buffer[]): Command | RedisError {
    const name = (argv[0] ?? Buffer.alloc(0)).toString("latin1").toLowerCase();
    const command = this.commands.get(name);
    if (!command) return unknownCommand(argv);
    if (!arityAllows(command.arity, argv.length)) return wrongArity(name);
    if (!session.authenticated && !BEFORE_AUTH.has(name)) {
      return new RedisError("NOAUTH Authentication required.");
    }
    const subscribed = session.channels.size + session.patterns.size > 0;
    if (subscribed && session.protocol === 2 && !WHILE_SUBSCRIBED.has(name)) {
      return new RedisError(
        `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
    }
    return tooLong(command, argv) ?? command;
  }

  /** Executes a command, for a client, a transaction or a script. RedisErrors are thrown. */
  run(session: Session, command: Command, argv: Buffer[], mayBlock: boolean): Reply {
    const context: Context = {
      server: this,
      session,
      db: new Database(this.keyspace, session.database),
      block: (wait) =>
        mayBlock ? this.block(session, wait) : wait.atOnce === undefined ? wait.otherwise : wait.atOnce,
    };
    return command.run(context, new Arguments(argv.slice(1)));
  }

  /** Executes what MULTI queued: an error of one command is its reply and stops nothing. */
  runQueued(session: Session, queue: Buffer[][]): Reply[] {
    return queue.map((argv) => {
      const found = this.lookUp(session, argv);
      if (found instanceof RedisError) return found.toReply();
      try {
        this.monitors.show(session, argv);
        return this.run(session, found, argv, false);
      } catch (error) {
        return errorReply(error);
      }
    });
  }

  /** Deletes expired keys; called by the Durable Object's alarm. */
  async onAlarm(): Promise<void> {
    await this.expiryAlarm.ring();
    this.blocked.serve();
  }

  keyChanged(db: number, key: Buffer): void {
    this.watches.keyChanged(db, key);
    this.blocked.keyChanged(db, key);
  }

  keyEvent(db: number, key: Buffer, eventClass: EventClass, name: string): void {
    if (name === "expired") this.stats.expired++;
    const wanted = this.config.get("notify-keyspace-events");
    if (wanted === "") return;
    const included = wanted.includes(eventClass) || (wanted.includes("A") && eventClass !== "n");
    if (!included) return;
    if (wanted.includes("K")) {
      const channel = Buffer.concat([Buffer.from(`__keyspace@${db}__:`), key]);
      this.pubsub.publish(channel, Buffer.from(name));
    }
    if (wanted.includes("E")) {
      this.pubsub.publish(Buffer.from(`__keyevent@${db}__:${name}`), key);
    }
  }

  expirySet(expires: number): void {
    const announced = /[xA]/.test(this.config.get("notify-keyspace-events"));
    this.expiryAlarm.expirySet(expires, announced);
  }

  /** CONFIG SET may have asked for notifications of expired keys: then they must be deleted in time. */
  configChanged(): void {
    const next = this.keyspace.nextExpiry();
    if (next !== null) this.expirySet(next);
  }

  private block(session: Session, wait: Wait): Reply {
    this.blocked.add(session, session.database, wait);
    return NO_REPLY;
  }
}

/** What a client is told of an error. Anything but a RedisError is a defect or a limit of the storage. */
export function errorReply(error: unknown): Reply {
  if (error instanceof RedisError) return error.toReply();
  const message = error instanceof Error ? error.message : String(error);
  console.error("redis:", error);
  const full = /SQLITE_FULL|database or disk is full/.test(message);
  return new RedisError(
    full ? "OOM command not allowed: the Durable Object's storage is full" : `ERR ${message}`,
  ).toReply();
}

function unknownCommand(argv: Buffer[]): RedisError {
  const name = (argv[0] ?? Buffer.alloc(0)).toString("latin1", 0, 128);
  let shown = "";
  for (const argument of argv.slice(1)) {
    if (shown.length >= 128) break;
    shown += `'${argument.toString("latin1", 0, 128 - shown.length)}' `;
  }
  return new RedisError(`ERR unknown command '${name}', with args beginning with: ${shown}`);
}

function tooLong(command: Command, argv: Buffer[]): RedisError | null {
  const long = argv.some((argument) => argument.length > MAX_ELEMENT_BYTES);
  if (!long || TAKES_LONG_VALUES.has(command.name)) return null;
  return new RedisError(
    `ERR an element or key may have at most ${MAX_ELEMENT_BYTES} bytes: it is a row of the Durable Object's SQLite`,
  );
}
