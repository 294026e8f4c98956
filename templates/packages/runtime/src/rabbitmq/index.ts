/**
 * A RabbitMQ broker inside a Durable Object: the answer to a `rabbitmq` service of a Compose file.
 *
 * Clients reach it over TCP by the object's `connect()` handler, or over the websocket transport, and speak AMQP 0-9-1 to it,
 * so every client library works unchanged. What is durable is in the object's SQLite storage.
 *
 * ```ts
 * const rabbitmq = createRabbitMQ({ users: [{ name: "guest", password: null }] });
 * export const RabbitMQServer = rabbitmq.RabbitMQServer;
 * export default rabbitmq.worker;
 * ```
 */
import { DurableObject } from "cloudflare:workers";
import { INSTANCE_NAME } from "../config";
import { acceptByteStream, type ByteStream } from "../transport";
import type { Permission, User } from "./access";
import { Broker } from "./broker";
import { Connection } from "./connection";
import type { Definitions } from "./definitions";

/** The user that RabbitMQ has when nobody asks for another. Its password is the same word, in every installation. */
const GUEST = "guest";
const DEFAULT_HEARTBEAT_SECONDS = 60;

export interface RabbitMQOptions {
  /** The user that exists at the start. `password` is the name of the variable that holds it; null: guest's own. */
  defaultUser: { name: string; password: string | null };
  defaultVhost: string;
  /** Heartbeat offered to clients, in seconds; 0: none. */
  heartbeat?: number;
  /**
   * The definitions file. With users or virtual hosts of its own it replaces the default ones. The passwords of users are
   * names of variables.
   */
  definitions?: Definitions;
}

type Environment = Record<string, unknown>;

/** What a Durable Object class of this package looks like to the Worker that exports it. */
export type RabbitMQServerClass = new (ctx: DurableObjectState, env: Environment) => DurableObject<Environment>;

export interface RabbitMQ {
  /** The Durable Object class, to be exported as `RabbitMQServer`. */
  RabbitMQServer: RabbitMQServerClass;
  /** The Worker: passes connections on to the object, answers HTTP with 404. */
  worker: ExportedHandler<Environment>;
}

export function createRabbitMQ(options: RabbitMQOptions): RabbitMQ {
  class RabbitMQServer extends DurableObject<Environment> {
    readonly #broker: Broker;

    constructor(ctx: DurableObjectState, env: Environment) {
      super(ctx, env);
      this.#broker = new Broker(ctx.storage.sql, {
        ...withDefaults(options, env),
        heartbeat: options.heartbeat ?? DEFAULT_HEARTBEAT_SECONDS,
      });
    }

    override async connect(socket: ByteStream): Promise<void> {
      await new Connection(this.#broker, socket).serve();
    }

    override fetch(request: Request): Response {
      const accepted = acceptByteStream(request);
      if (!accepted) return notFound();
      this.ctx.waitUntil(new Connection(this.#broker, accepted.stream).serve());
      return accepted.response;
    }
  }

  return { RabbitMQServer, worker: rabbitWorker() };
}

function rabbitWorker(): ExportedHandler<Environment> {
  return {
    // The websocket transport is not forwarded from here: this is what the internet can reach. Other Workers of the project
    // have a binding to the object itself.
    fetch: () => notFound(),
    async connect(socket: Socket, _env: Environment, ctx: ExecutionContext) {
      const object = theObject(ctx).connect("rabbitmq:5672");
      await Promise.allSettled([socket.readable.pipeTo(object.writable), object.readable.pipeTo(socket.writable)]);
    },
  } as ExportedHandler<Environment>;
}

/** The object, by way of the Worker's own exports: no binding has to be configured for it. */
function theObject(ctx: ExecutionContext): Fetcher {
  const exports = (ctx as { exports?: Record<string, unknown> }).exports;
  const namespace = exports?.RabbitMQServer as DurableObjectNamespace | undefined;
  if (!namespace) {
    throw new Error("The Worker must export the Durable Object class as RabbitMQServer");
  }
  return namespace.getByName(INSTANCE_NAME) as unknown as Fetcher;
}

/** Users, virtual hosts and permissions: those of the definitions, or else the defaults. */
function withDefaults(
  options: RabbitMQOptions,
  env: Environment,
): { users: User[]; permissions: Permission[]; vhosts: string[]; definitions: Definitions } {
  const definitions = options.definitions ?? {};
  const vhosts = definitions.vhosts?.map(({ name }) => name) ?? [];
  if (vhosts.length === 0) vhosts.push(options.defaultVhost);
  if (definitions.users?.length) {
    const users = definitions.users.map(({ name, password, tags = [] }) => ({
      name,
      password: secret(password, `the password of RabbitMQ's user ${name}`, env),
      tags: typeof tags === "string" ? tags.split(",").filter(Boolean) : tags,
    }));
    return { users, vhosts, definitions, permissions: definitions.permissions ?? [] };
  }
  const { name, password } = options.defaultUser;
  const value = password === null ? GUEST : secret(password, `the password of RabbitMQ's user ${name}`, env);
  const everything = { user: name, vhost: vhosts[0]!, configure: ".*", write: ".*", read: ".*" };
  return {
    users: [{ name, password: value, tags: ["administrator"] }],
    vhosts,
    definitions,
    permissions: [everything, ...(definitions.permissions ?? [])],
  };
}

function secret(variable: string, what: string, env: Environment): string {
  const value = env[variable];
  if (typeof value !== "string" || value === "") {
    throw new Error(`The secret ${variable}, ${what}, is not set for this Worker`);
  }
  return value;
}

function notFound(): Response {
  return new Response("This Worker serves AMQP, not HTTP.\n", { status: 404 });
}
