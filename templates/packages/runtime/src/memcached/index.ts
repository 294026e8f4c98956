/**
 * A memcached server inside a Durable Object: the answer to a `memcached` service of a Compose file.
 *
 * Clients reach it over TCP by the object's `connect()` handler, or over the websocket transport, and speak the text protocol,
 * its meta commands or the binary protocol to it, so every client library works unchanged.
 *
 * ```ts
 * const memcached = createMemcached({ user: null });
 * export const MemcachedServer = memcached.MemcachedServer;
 * export default memcached.worker;
 * ```
 */
import { DurableObject } from "cloudflare:workers";
import { INSTANCE_NAME } from "../config";
import { acceptByteStream, type ByteStream } from "../transport";
import { Connection } from "./connection";
import { type MemcachedUser, MemcachedServerState } from "./server";

const MEGABYTE = 1024 * 1024;
/** A Durable Object has 128 MB for everything. */
const MOST_MEMORY = 64 * MEGABYTE;
/** A row of the object's SQLite has 2 MB. */
const LARGEST_ITEM = 1_900_000;

export interface MemcachedOptions {
  /** memcached's `-m`: megabytes. At most 64. */
  memoryLimit?: string;
  /** memcached's `-I`: bytes, or with a unit ("2m", "512k"). At most 1.9 MB. */
  maxItemSize?: string;
  /** Who clients must be; `password` is the name of the variable that holds it. Null: anybody. */
  user: { name: string; password: string } | null;
}

type Environment = Record<string, unknown>;

/** What a Durable Object class of this package looks like to the Worker that exports it. */
export type MemcachedServerClass = new (ctx: DurableObjectState, env: Environment) => DurableObject<Environment>;

export interface Memcached {
  /** The Durable Object class, to be exported as `MemcachedServer`. */
  MemcachedServer: MemcachedServerClass;
  /** The Worker: passes connections on to the object, answers HTTP with 404. */
  worker: ExportedHandler<Environment>;
}

export function createMemcached(options: MemcachedOptions): Memcached {
  class MemcachedServer extends DurableObject<Environment> {
    readonly #server: MemcachedServerState;

    constructor(ctx: DurableObjectState, env: Environment) {
      super(ctx, env);
      const limit = Math.min(bytes(`${options.memoryLimit ?? "64"}m`), MOST_MEMORY);
      const itemLimit = Math.min(bytes(options.maxItemSize ?? "1m"), LARGEST_ITEM);
      this.#server = new MemcachedServerState(ctx.storage.sql, { limit, itemLimit }, readUser(options.user, env));
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
  }

  return { MemcachedServer, worker: memcachedWorker() };
}

function memcachedWorker(): ExportedHandler<Environment> {
  return {
    // The websocket transport is not forwarded from here: this is what the internet can reach. Other Workers of the project
    // have a binding to the object itself.
    fetch: () => notFound(),
    async connect(socket: Socket, _env: Environment, ctx: ExecutionContext) {
      const object = theObject(ctx).connect("memcached:11211");
      await Promise.allSettled([socket.readable.pipeTo(object.writable), object.readable.pipeTo(socket.writable)]);
    },
  } as ExportedHandler<Environment>;
}

/** The object, by way of the Worker's own exports: no binding has to be configured for it. */
function theObject(ctx: ExecutionContext): Fetcher {
  const exports = (ctx as { exports?: Record<string, unknown> }).exports;
  const namespace = exports?.MemcachedServer as DurableObjectNamespace | undefined;
  if (!namespace) {
    throw new Error("The Worker must export the Durable Object class as MemcachedServer");
  }
  return namespace.getByName(INSTANCE_NAME) as unknown as Fetcher;
}

function readUser(user: MemcachedOptions["user"], env: Environment): MemcachedUser | null {
  if (user === null) return null;
  const password = env[user.password];
  if (typeof password !== "string" || password === "") {
    throw new Error(`The secret ${user.password}, memcached's password, is not set for this Worker`);
  }
  return { name: user.name, password };
}

function bytes(size: string): number {
  const [, number, unit] = /^(\d+)([kmg]?)/i.exec(size) ?? [];
  if (number === undefined) throw new Error(`memcached's size ${JSON.stringify(size)} is no number of bytes`);
  return (
    Number(number) * { "": 1, k: 1024, m: MEGABYTE, g: 1024 * MEGABYTE }[unit!.toLowerCase() as "" | "k" | "m" | "g"]
  );
}

function notFound(): Response {
  return new Response("This Worker serves memcached, not HTTP.\n", { status: 404 });
}
