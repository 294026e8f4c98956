import type { Cache } from "./cache";
import type { MemcachedServerState } from "./server";

/** What commands see of one client. */
export interface Session {
  readonly cache: Cache;
  readonly server: MemcachedServerState;
  authenticated: boolean;
  /** Checks "user password"; returns the answer. */
  login(credentials: string): string;
  /** Closes the connection after what was answered so far. */
  end(): void;
}
