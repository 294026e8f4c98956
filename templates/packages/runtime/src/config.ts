/**
 * The configuration of a converted service: what `src/config.ts` of the service holds.
 *
 * The converter writes it from the Dockerfile and the Compose file; docs/output.md describes it. It is data only, so that a
 * person can read and change it without knowing the runtime.
 */

/** Everything the runtime has to know about one lifted app. */
export interface AppConfig {
  /** The Compose service's name. */
  name: string;
  /** durable-object: one object is the process. worker: each isolate holds its own copy of the app. */
  host: "durable-object" | "worker";
  /** What `os.hostname()` says. */
  hostname: string;
  /** What the image starts. Paths are absolute paths inside the image; argv is all of `process.argv`. */
  image: { workdir: string; entry: string; argv: string[]; execArgv: string[]; user: string };
  /** The port that requests from outside, and from other services without a port, go to. null: the app serves no HTTP. */
  port: number | null;
  /** Compose name (service, container_name, alias, link) → what answers there. */
  peers: Record<string, Peer>;
  /** Mounts of the container. */
  volumes: Volume[];
  /** Files whose text is the value of a required secret (Compose secrets: /run/secrets/<name>). */
  secretFiles: { path: string; variable: string }[];
  /** Requests wait until the app listens and its boot-time sockets have been quiet for `quietMs`, at most `timeoutMs`. */
  startup: { timeoutMs: number; quietMs: number };
  /** Set where the scan found new Function/eval in the app or its packages. */
  codeGeneration: boolean;
  /** How bytes reach a Durable Object: its connect() handler, or a WebSocket that carries them. */
  transport: "connect" | "websocket";
}

/** What answers under a Compose name. */
export type Peer =
  /** Service binding to the `Internal` entrypoint of another lifted app: HTTP by fetch, TCP by connect. */
  | { kind: "app"; binding: string }
  /** Durable Object namespace of a server that speaks the protocol of the original (Redis, RabbitMQ, …). */
  | { kind: "server"; binding: string }
  /** Hyperdrive in front of a database outside. */
  | { kind: "hyperdrive"; binding: string; protocol: "postgres" | "mysql" }
  /** A server outside; `address` is the name of the variable that holds "host:port". */
  | { kind: "external"; address: string }
  /** The service's own name. */
  | { kind: "self" };

/** A mount of the container. */
export type Volume =
  /** Kept in the Durable Object's SQLite under `name`. */
  | { path: string; kind: "persistent"; name: string }
  /** Kept as long as the instance lives. */
  | { path: string; kind: "tmpfs" };

/** The name of the one Durable Object of a service. More than one would share the isolate's globals. */
export const INSTANCE_NAME = "main";
