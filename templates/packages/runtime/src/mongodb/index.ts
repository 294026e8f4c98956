/**
 * A MongoDB server inside a Durable Object: the answer to a `mongo` service of a Compose file.
 *
 * Clients reach it over TCP by the object's `connect()` handler, or over the websocket transport, and speak MongoDB's wire
 * protocol to it, so the drivers and everything above them work unchanged. Documents are BSON in the object's SQLite.
 *
 * ```ts
 * const mongodb = createMongoDB({ rootUser: null });
 * export const MongoDBServer = mongodb.MongoDBServer;
 * export default mongodb.worker;
 * ```
 */
import { DurableObject } from "cloudflare:workers";
import { INSTANCE_NAME } from "../config";
import { acceptByteStream, type ByteStream } from "../transport";
import { Connection } from "./connection";
import type { RootUser } from "./auth/users";
import { Server } from "./server";
import { initialize } from "./shell/init-scripts";

export interface MongoDBOptions {
  /**
   * The user of `MONGO_INITDB_ROOT_USERNAME`: clients must then authenticate. The password is a secret. null: no
   * authentication.
   */
  rootUser: { name: string; passwordVariable: string } | null;
  /** Further users that exist from the start, as some images' variables ask for. */
  users?: { name: string; database: string; passwordVariable: string }[];
  /** `MONGO_INITDB_DATABASE`: the database that init scripts begin in. */
  initDatabase?: string;
  /**
   * Set when the original was started with `--replSet`: a replica set of one, which transactions and change streams ask for.
   * `host` is the address that clients use, "mongo:27017".
   */
  replicaSet?: { name: string; host: string } | null;
}

type Environment = Record<string, unknown>;

/** What a Durable Object class of this package looks like to the Worker that exports it. */
export type MongoDBServerClass = new (ctx: DurableObjectState, env: Environment) => DurableObject<Environment>;

export interface MongoDB {
  /** The Durable Object class, to be exported as `MongoDBServer`. */
  MongoDBServer: MongoDBServerClass;
  /** The Worker: passes connections on to the object, answers HTTP with 404. */
  worker: ExportedHandler<Environment>;
}

/** `files` are the texts of the container's files below `/docker-entrypoint-initdb.d`, by their paths. */
export function createMongoDB(options: MongoDBOptions, files: Record<string, string> = {}): MongoDB {
  class MongoDBServer extends DurableObject<Environment> {
    readonly #server: Server;

    constructor(ctx: DurableObjectState, env: Environment) {
      super(ctx, env);
      this.#server = new Server(ctx.storage, {
        root: rootUser(options, env),
        replicaSet: options.replicaSet ?? null,
      });
      initialize(this.#server, ctx.storage, {
        database: options.initDatabase ?? "test",
        files,
        environment: env,
        users: (options.users ?? []).map(({ name, database, passwordVariable }) => ({
          name,
          database,
          password: readVariable(passwordVariable, `the password of the user ${name}`, env),
        })),
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
      await this.#server.expiry.ring();
    }
  }

  return { MongoDBServer, worker: mongodbWorker() };
}

function mongodbWorker(): ExportedHandler<Environment> {
  const handler = {
    // The websocket transport is not forwarded from here: this is what the internet can reach. Other Workers of the
    // project have a binding to the object itself.
    fetch: () => notFound(),
    async connect(socket: Socket, _env: Environment, ctx: ExecutionContext) {
      const object = theObject(ctx).connect("mongo:27017");
      await Promise.allSettled([socket.readable.pipeTo(object.writable), object.readable.pipeTo(socket.writable)]);
    },
  };
  return handler;
}

/** The object, by way of the Worker's own exports: no binding has to be configured for it. */
function theObject(ctx: ExecutionContext): Fetcher {
  const exports = (ctx as { exports?: Record<string, unknown> }).exports;
  const namespace = exports?.MongoDBServer as DurableObjectNamespace | undefined;
  if (!namespace) throw new Error("The Worker must export the Durable Object class as MongoDBServer");
  return namespace.getByName(INSTANCE_NAME) as unknown as Fetcher;
}

function rootUser({ rootUser: configured }: MongoDBOptions, env: Environment): RootUser | null {
  if (configured === null) return null;
  const { name, passwordVariable } = configured;
  return { name, password: readVariable(passwordVariable, "the root user's password", env) };
}

function readVariable(name: string, what: string, env: Environment): string {
  const value = env[name];
  if (typeof value !== "string" || value === "")
    throw new Error(`${name}, ${what} of MongoDB, is not set for this Worker`);
  return value;
}

function notFound(): Response {
  return new Response("This Worker serves MongoDB, not HTTP.\n", { status: 404 });
}
