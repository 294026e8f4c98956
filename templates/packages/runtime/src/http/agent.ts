import { EventEmitter } from "node:events";

/**
 * Node's `http.Agent`. Connections are pooled by the platform, so an agent only carries its options and the properties that
 * packages read (agentkeepalive, axios, the AWS SDK).
 */
export class Agent extends EventEmitter {
  options: Record<string, unknown>;
  defaultPort = 80;
  protocol = "http:";
  keepAlive: boolean;
  keepAliveMsecs: number;
  maxSockets: number;
  maxFreeSockets: number;
  maxTotalSockets: number;
  scheduling = "lifo";
  requests: Record<string, never[]> = {};
  sockets: Record<string, never[]> = {};
  freeSockets: Record<string, never[]> = {};
  totalSocketCount = 0;

  constructor(options: Record<string, unknown> = {}) {
    super();
    this.options = { path: null, ...options };
    this.keepAlive = Boolean(options?.["keepAlive"]);
    this.keepAliveMsecs = numberOr(options?.["keepAliveMsecs"], 1000);
    this.maxSockets = numberOr(options?.["maxSockets"], Infinity);
    this.maxFreeSockets = numberOr(options?.["maxFreeSockets"], 256);
    this.maxTotalSockets = numberOr(options?.["maxTotalSockets"], Infinity);
  }

  getName(options: { host?: string; port?: number; localAddress?: string; family?: number } = {}): string {
    return `${options.host ?? "localhost"}:${options.port ?? ""}:${options.localAddress ?? ""}${options.family ? `:${options.family}` : ""}`;
  }

  keepSocketAlive(): boolean {
    return this.keepAlive;
  }

  reuseSocket(): void {}

  destroy(): void {}
}

/** Node's `https.Agent`. Certificates are always checked by the platform; options about them have no effect. */
export class HttpsAgent extends Agent {
  override defaultPort = 443;
  override protocol = "https:";
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
