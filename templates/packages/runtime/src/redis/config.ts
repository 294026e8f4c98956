import { RedisError } from "./errors";
import { globMatches } from "./glob";

/**
 * Parameters of CONFIG GET and their values at the start. Those marked below change what the server does; the others are
 * answered because clients and dashboards ask for them.
 */
const DEFAULTS: Record<string, string> = {
  // In effect.
  databases: "16",
  requirepass: "",
  "notify-keyspace-events": "",
  "hash-max-listpack-entries": "512",
  "hash-max-listpack-value": "64",
  "hash-max-ziplist-entries": "512",
  "hash-max-ziplist-value": "64",
  "list-max-listpack-size": "-2",
  "list-max-ziplist-size": "-2",
  "set-max-intset-entries": "512",
  "set-max-listpack-entries": "128",
  "set-max-listpack-value": "64",
  "zset-max-listpack-entries": "128",
  "zset-max-listpack-value": "64",
  "zset-max-ziplist-entries": "128",
  "zset-max-ziplist-value": "64",
  // Answered only. Every write is on disk before its reply leaves, and nothing is evicted: the data may grow to the
  // Durable Object's 10 GB.
  appendonly: "yes",
  appendfsync: "always",
  bind: "*",
  "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
  dir: "/data",
  dbfilename: "dump.rdb",
  "lazyfree-lazy-eviction": "no",
  "lazyfree-lazy-expire": "no",
  "lfu-decay-time": "1",
  "lfu-log-factor": "10",
  "list-compress-depth": "0",
  loglevel: "notice",
  "busy-reply-threshold": "5000",
  "lua-time-limit": "5000",
  maxclients: "10000",
  maxmemory: "0",
  "maxmemory-policy": "noeviction",
  "maxmemory-samples": "5",
  port: "6379",
  "proto-max-bulk-len": "67108864",
  save: "",
  "slowlog-log-slower-than": "10000",
  "slowlog-max-len": "128",
  "stop-writes-on-bgsave-error": "yes",
  "stream-node-max-bytes": "4096",
  "stream-node-max-entries": "100",
  "tcp-keepalive": "300",
  timeout: "0",
  "tracking-table-max-keys": "1000000",
  "cluster-enabled": "no",
  "replica-read-only": "yes",
  activerehashing: "yes",
  "latency-monitor-threshold": "0",
};

/** Cannot be changed while running, as in Redis. */
const IMMUTABLE = new Set(["databases", "port", "cluster-enabled"]);

/** Letters that `A` stands for in notify-keyspace-events. */
const ALL_EVENT_CLASSES = "g$lshzxet";

/** The server's parameters. They start anew with each start, like a container's without a config file. */
export class Config {
  private readonly values: Map<string, string>;

  constructor(initial: Record<string, string> = {}) {
    this.values = new Map(Object.entries(DEFAULTS));
    for (const [name, value] of Object.entries(initial)) {
      this.values.set(name.toLowerCase(), normalize(name.toLowerCase(), value));
    }
  }

  get(name: string): string {
    return this.values.get(name) ?? "";
  }

  number(name: string): number {
    return Number(this.get(name));
  }

  /** Parameters whose names match one of the patterns, sorted by name. */
  matching(patterns: string[]): [string, string][] {
    return [...this.values]
      .filter(([name]) => patterns.some((pattern) => globMatches(pattern, name, true)))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Sets several parameters, all or none. */
  setAll(pairs: [string, string][]): void {
    const checked = pairs.map(([rawName, value]): [string, string] => {
      const name = rawName.toLowerCase();
      if (!this.values.has(name)) {
        throw new RedisError(`ERR Unknown option or number of arguments for CONFIG SET - '${rawName}'`);
      }
      if (IMMUTABLE.has(name)) {
        throw new RedisError(
          `ERR CONFIG SET failed (possibly related to argument '${rawName}') - can't set immutable config`,
        );
      }
      return [name, normalize(name, value)];
    });
    for (const [name, value] of checked) this.values.set(name, value);
  }
}

const MEMORY_UNITS: Record<string, number> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1_000_000,
  mb: 1024 ** 2,
  g: 1_000_000_000,
  gb: 1024 ** 3,
};

/** The value as CONFIG GET shows it. Throws for one that Redis refuses. */
function normalize(name: string, value: string): string {
  if (name === "maxmemory") return normalizeMemory(name, value);
  return name === "notify-keyspace-events" ? normalizeEvents(name, value) : value;
}

function normalizeMemory(name: string, value: string): string {
  const match = /^(\d+)([a-z]*)$/i.exec(value);
  const factor = match && MEMORY_UNITS[match[2]!.toLowerCase()];
  if (!match || factor === undefined) {
    throw new RedisError(
      `ERR CONFIG SET failed (possibly related to argument '${name}') - argument must be a memory value`,
    );
  }
  return String(Number(match[1]) * factor!);
}

function normalizeEvents(name: string, value: string): string {
  if (/[^KEg$lshzxetdnmA]/.test(value)) {
    throw new RedisError(
      `ERR CONFIG SET failed (possibly related to argument '${name}') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.`,
    );
  }
  const classes = new Set(value.replace("A", ALL_EVENT_CLASSES));
  const all = [...ALL_EVENT_CLASSES].every((letter) => classes.has(letter));
  const rest = [..."KEmn"].filter((letter) => classes.has(letter)).join("");
  return all ? `A${rest}` : [...ALL_EVENT_CLASSES].filter((letter) => classes.has(letter)).join("") + rest;
}
