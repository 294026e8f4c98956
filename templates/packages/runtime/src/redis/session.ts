import type { Push, Reply, Status } from "./reply";

/** Commands queued by MULTI. */
export interface Transaction {
  queue: Buffer[][];
  /** A command was refused while queueing: EXEC will answer EXECABORT. */
  failed: boolean;
}

/** What the server knows of one client. A script runs with a session of its own. */
export interface Session {
  readonly id: number;
  /** RESP version: 2 or 3. */
  protocol: number;
  /** Number of the selected database. */
  database: number;
  name: string;
  /** What CLIENT SETINFO told. */
  library: { name: string; version: string };
  authenticated: boolean;
  transaction: Transaction | null;
  /** A key under WATCH was changed. */
  watchFailed: boolean;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  readonly shardChannels: Set<string>;
  /** CLIENT REPLY. SKIP concerns the command after it: `skip-next` becomes `skip`, and that `on` again. */
  replies: "on" | "off" | "skip-next" | "skip";
  /** Receives every command (MONITOR). */
  monitoring: boolean;
  /** Unix milliseconds. */
  readonly connectedAt: number;
  lastCommandAt: number;
  lastCommand: string;
  /** Sends a message outside the request/reply order. */
  push(message: Push | Status): void;
  /** Writes the reply a blocked client was waiting for. */
  unblock(reply: Reply): void;
  /** Closes the connection after what was written so far. */
  end(): void;
  /** Cuts the connection at once. */
  disconnect(): void;
}
