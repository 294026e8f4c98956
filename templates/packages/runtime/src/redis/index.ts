/**
 * A Redis server inside a Durable Object: the answer to a `redis` service of a Compose file.
 *
 * Clients reach it over TCP by the object's `connect()` handler, or over the websocket transport, and speak RESP2 or RESP3
 * to it, so every client library works unchanged. The data is in the object's SQLite storage.
 *
 * ```ts
 * const redis = createRedis({ requirePass: null });
 * export const RedisServer = redis.RedisServer;
 * export default redis.worker;
 * ```
 */
import { DurableObject } from "cloudflare:workers";
import { INSTANCE_NAME } from "../config";
import { acceptByteStream, type ByteStream } from "../transport";
import { Connection } from "./connection";
import { Server } from "./server";

export interface RedisOptions {
  /** Name of the environment variable that holds the password clients must give; null: none is asked for. */
  requirePass: string | null;
  /**
   * Parameters of redis.conf or of the container's command line, without dashes: `{"notify-keyspace-events": "Ex"}`. Those
   * about memory, eviction and persistence are only reported: every write is on disk before its reply leaves, and nothing
   * is evicted.
   */
  config?: Record<string, string>;
}

type Environment = Record<string, unknown>;

/** What a Durable Object class of this package looks like to the Worker that exports it. */
export type RedisServerClass = new (ctx: DurableObjectState, env: Environment) => DurableObject<Environment>;

export interface Redis {
  /** The Durable Object class, to be exported as `RedisServer`. */
  RedisServer: RedisServerClass;
  /** The Worker: passes connections on to the object, answers HTTP with 404. */
  worker: ExportedHandler<Environment>;
}

export function createRedis(options: RedisOptions): Redis {
  class RedisServer extends DurableObject<Environment> {
    readonly #server: Server;

    constructor(ctx: DurableObjectState, env: Environment) {
      super(ctx, env);
      this.#server = new Server(ctx.storage, {
        password: readPassword(options.requirePass, env),
        config: options.config ?? {},
      });
    }

    override async connect(socket: ByteStream): Promise<void> {
      await new Connection(this.#server, socket).serve();
    }

    override fetch(request: Request): Response {
      const accepted = acceptByteStream(request);
      if (!accepted) return notFound();
      this.ctx.waitUntil(new Connection(this.#server, accepted.stream).serve());
      return accepted.response;
    }

    override async alarm(): Promise<void> {
      await this.#server.onAlarm();
    }
  }

  return { RedisServer, worker: redisWorker() };
}

function redisWorker(): ExportedHandler<Environment> {
  const handler = {
    // The websocket transport is not forwarded from here: this is what the internet can reach. Other Workers of the
    // project have a binding to the object itself.
    fetch: () => notFound(),
    async connect(socket: Socket, _env: Environment, ctx: ExecutionContext) {
      const object = theObject(ctx).connect("redis:6379");
      await Promise.allSettled([socket.readable.pipeTo(object.writable), object.readable.pipeTo(socket.writable)]);
    },
  };
  return handler;
}

/** The object, by way of the Worker's own exports: no binding has to be configured for it. */
function theObject(ctx: ExecutionContext): Fetcher {
  const exports = (ctx as { exports?: Record<string, unknown> }).exports;
  const namespace = exports?.RedisServer as DurableObjectNamespace | undefined;
  if (!namespace) {
    throw new Error("The Worker must export the Durable Object class as RedisServer");
  }
  return namespace.getByName(INSTANCE_NAME) as unknown as Fetcher;
}

function readPassword(name: string | null, env: Environment): string | null {
  if (name === null) return null;
  const value = env[name];
  if (typeof value !== "string" || value === "") {
    throw new Error(`The secret ${name}, Redis's password, is not set for this Worker`);
  }
  return value;
}

function notFound(): Response {
  return new Response("This Worker serves Redis, not HTTP.\n", {
    status: 404,
  });
}
