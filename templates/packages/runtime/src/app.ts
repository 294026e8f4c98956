/**
 * The Worker around a lifted app: its entrypoints, and the Durable Object that is its process.
 *
 * Three ways lead in. The default entrypoint is what the outside reaches: HTTP to the app's port and nothing else. `Internal` is
 * what the project's other services reach: HTTP and TCP to any port. Cron triggers wake apps that serve no port.
 */

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { INSTANCE_NAME, type AppConfig } from "./config";
import { describeError } from "./errors";
import type { Image } from "./image";
import { withClientEncoding } from "./client-encoding";
import { Instance, NO_ANSWER, plainAnswer, type InstanceOptions } from "./instance";
import { PORT_HEADER } from "./network";
import { acceptByteStream, ADDRESS_HEADER, openByteStream, type ByteStream } from "./transport";
import { Request } from "./native";

type Env = Record<string, unknown>;

/** The binding of the app's Durable Object. */
const APP_BINDING = "APP";

/** How long an app that has ended is left alone, so that its last answers reach those who asked. */
const LAST_ANSWERS_MS = 20;

/** How often a request without a body is tried again when it met an instance on its way out. */
const RESTART_ATTEMPTS = 20;

/** How long work may go on after an answer in a plain Worker, which ends with its request; the platform's limit. */
const MAX_AFTER_RESPONSE_MS = 30_000;

/** Thrown out of a Durable Object that is about to be replaced, to requests the app has not seen. */
const RESTARTING = "dock2edge: the app is restarting";

/**
 * The running copy of this isolate. workerd's error events and `globalThis.fetch` belong to the isolate, and a converted service
 * has one instance per isolate; after a restart the new one takes over.
 */
let current: Instance | undefined;

const realFetch = globalThis.fetch.bind(globalThis);

/** What a service's `src/worker.ts` exports. */
export interface App {
  DurableObject: typeof DurableObject<Env>;
  Internal: typeof WorkerEntrypoint<Env>;
  worker: ExportedHandler<Env>;
}

/** Makes the Worker of a converted service. */
export function createApp(config: AppConfig, image: Image): App {
  const route = config.host === "durable-object" ? objectRoute(config) : isolateRoute(config, image);

  class AppObject extends DurableObject<Env> {
    readonly #instance: Instance;

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#instance = start({ config, image, env, sql: ctx.storage.sql, onExit: (code) => void this.#restart(code) });
    }

    override async fetch(request: Request): Promise<Response> {
      if (this.#instance.exited) throw new Error(RESTARTING);
      const connection = acceptByteStream(request);
      if (connection) {
        await this.#instance.accept(connection.stream, portOf(connection.address));
        return connection.response;
      }
      const port = request.headers.get(PORT_HEADER);
      return this.#instance.handle(withoutInternalHeaders(request), port === null ? null : Number(port));
    }

    override async connect(socket: Socket): Promise<void> {
      const { localAddress } = await socket.opened;
      await this.#instance.accept(socket, portOf(localAddress ?? ""));
      await socket.closed;
    }

    /** Does nothing: that the object exists is enough, as its constructor starts the app. */
    wake(): void {}

    async #restart(code: number): Promise<void> {
      await this.ctx.storage.sync();
      // What the app has answered before it ended is on its way, as on a socket. By then every request that the app has seen has
      // its answer; one that arrives at the moment of the end has met nobody.
      await sleep(LAST_ANSWERS_MS);
      this.ctx.abort(`${RESTARTING}: it exited with status ${code}`);
    }
  }

  class Internal extends WorkerEntrypoint<Env> {
    override fetch(request: Request): Promise<Response> {
      const { port, protocol } = new URL(request.url);
      return route.fetch(request, Number(port) || (protocol === "https:" ? 443 : 80), this.env, this.ctx);
    }

    override async connect(socket: Socket): Promise<void> {
      const { localAddress } = await socket.opened;
      await route.connect(socket, localAddress ?? "", this.env);
    }
  }

  return {
    DurableObject: AppObject,
    Internal,
    worker: {
      fetch: (request, env, ctx) => route.fetch(withClientEncoding(request), null, env, ctx),
      scheduled: (_event, env) => route.wake(env),
    },
  };
}

/** How an entrypoint reaches the running app. A port of null is the app's own. */
interface Route {
  fetch(request: Request, port: number | null, env: Env, ctx: ExecutionContext): Promise<Response>;
  connect(socket: Socket, address: string, env: Env): Promise<void>;
  wake(env: Env): Promise<void>;
}

/** The app runs in the one Durable Object of its namespace. */
function objectRoute(config: AppConfig): Route {
  // An identifier is a hash of the name, which every request would compute anew; a stub belongs to the request that made it.
  let id: DurableObjectId | undefined;
  const object = (env: Env) => {
    const namespace = env[APP_BINDING] as DurableObjectNamespace<DurableObject & { wake(): void }>;
    return namespace.get((id ??= namespace.idFromName(INSTANCE_NAME)));
  };
  return {
    async fetch(request, port, env) {
      if (config.port === null && port === null) return plainAnswer(404, `${config.name} serves no HTTP`);
      const marked = withoutInternalHeaders(request, port);
      for (let attempt = 0; ; attempt++) {
        try {
          return await object(env).fetch(marked);
        } catch (error) {
          const isUnseen = String(error).includes(RESTARTING);
          if (isUnseen && marked.body === null && attempt < RESTART_ATTEMPTS) {
            await sleep(LAST_ANSWERS_MS);
            continue;
          }
          console.error(`${config.name} did not answer: ${describeError(error)}`);
          return plainAnswer(502, NO_ANSWER);
        }
      }
    },
    async connect(socket, address, env) {
      await join(socket, openByteStream(object(env), address, config.transport));
    },
    wake: async (env) => void (await object(env).wake()),
  };
}

/** The app runs in the isolate itself, from its first request on. */
function isolateRoute(config: AppConfig, image: Image): Route {
  let instance: Instance | undefined;
  const running = (env: Env): Instance => {
    if (!instance || instance.exited) instance = start({ config, image, env, sql: undefined, onExit() {} });
    return instance;
  };
  return {
    async fetch(request, port, env, ctx) {
      const app = running(env);
      const response = await app.handle(withoutInternalHeaders(request), port);
      ctx.waitUntil(app.idle(MAX_AFTER_RESPONSE_MS));
      return response;
    },
    async connect(socket, address, env) {
      await running(env).accept(socket, portOf(address));
      await socket.closed;
    },
    wake: async (env) => void running(env),
  };
}

function start(options: Omit<InstanceOptions, "fetchOutside">): Instance {
  const instance = new Instance({ ...options, fetchOutside: realFetch });
  current = instance;
  instance.boot();
  return instance;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Removes what only the project may say; with a port, says it. */
function withoutInternalHeaders(request: Request, port: number | null = null): Request {
  const { headers } = request;
  if (port === null && !headers.has(PORT_HEADER) && !headers.has(ADDRESS_HEADER)) return request;
  const marked = new Request(request);
  marked.headers.delete(ADDRESS_HEADER);
  if (port === null) marked.headers.delete(PORT_HEADER);
  else marked.headers.set(PORT_HEADER, String(port));
  return marked;
}

/** The port of "host:port". */
function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

/** Passes bytes both ways until both sides are done, or one of them breaks. */
async function join(near: ByteStream, far: ByteStream): Promise<void> {
  for (const stream of [near, far]) stream.closed.catch(() => {}); // a broken end shows where it is read or written
  const closeBoth = () => Promise.allSettled([near.close(), far.close()]);
  const pumps = [pump(near.readable, far.writable), pump(far.readable, near.writable)];
  await Promise.all(pumps.map((pumping) => pumping.catch(closeBoth)));
  await closeBoth();
}

/**
 * Copies one direction, its end included. Not `pipeTo`: when a side breaks, workerd reports a rejection of the pipe's own that
 * nobody can handle, and the app would be ended for it.
 */
async function pump(from: ReadableStream<Uint8Array>, to: WritableStream<Uint8Array>): Promise<void> {
  const reader = from.getReader();
  const writer = to.getWriter();
  for (const end of [reader.closed, writer.closed]) end.catch(() => {});
  for (let part = await reader.read(); !part.done; part = await reader.read()) await writer.write(part.value);
  await writer.close();
}

// The app's global fetch, and what its promises and callbacks leave behind. Outside an app they stay workerd's.
globalThis.fetch = ((input: RequestInfo | URL, init?: RequestInit) =>
  current ? current.network.appFetch(input, init) : realFetch(input as RequestInfo, init)) as typeof fetch;

globalThis.addEventListener("unhandledrejection", (event) => {
  if (!current) return;
  event.preventDefault();
  current.unhandled(event.reason, event.promise);
});

globalThis.addEventListener("error" as never, (event: ErrorEvent) => {
  if (!current) return;
  event.preventDefault();
  current.uncaught(event.error ?? new Error(event.message), "uncaughtException");
});
