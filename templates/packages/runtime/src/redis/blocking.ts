import type { Wait } from "./command";
import { RedisError } from "./errors";
import type { Reply } from "./reply";
import type { Session } from "./session";

interface Waiter {
  session: Session;
  wait: Wait;
  keys: string[];
  timer: ReturnType<typeof setTimeout> | null;
}

/** Clients waiting for keys (BLPOP, XREAD BLOCK, …), served in the order in which they began to wait. */
export class BlockedClients {
  private readonly waiters = new Map<Session, Waiter>();
  private readonly byKey = new Map<string, Set<Waiter>>();
  private readonly ready = new Set<string>();

  get count(): number {
    return this.waiters.size;
  }

  has(session: Session): boolean {
    return this.waiters.has(session);
  }

  add(session: Session, db: number, wait: Wait): void {
    const keys = wait.keys.map((key) => keyName(db, key));
    const waiter: Waiter = { session, wait, keys, timer: null };
    if (wait.timeout > 0) {
      waiter.timer = setTimeout(() => this.timeOut(session), wait.timeout);
    }
    this.waiters.set(session, waiter);
    for (const key of keys) {
      const queue = this.byKey.get(key) ?? new Set();
      queue.add(waiter);
      this.byKey.set(key, queue);
    }
  }

  /** A key was changed: whoever waits for it is tried after the running command. */
  keyChanged(db: number, key: Buffer): void {
    if (this.byKey.size === 0) return;
    const name = keyName(db, key);
    if (this.byKey.has(name)) this.ready.add(name);
  }

  /** Serves the waiters of changed keys, and of the keys changed by serving them. */
  serve(): void {
    for (const key of this.ready) {
      this.ready.delete(key);
      for (const waiter of [...(this.byKey.get(key) ?? [])]) {
        const reply = attempt(waiter.wait);
        if (reply === undefined) continue;
        this.remove(waiter);
        waiter.session.unblock(reply);
      }
    }
  }

  /** Ends a wait from outside (CLIENT UNBLOCK); false when the client was not waiting. */
  interrupt(session: Session, reply?: Reply): boolean {
    const waiter = this.waiters.get(session);
    if (!waiter) return false;
    this.remove(waiter);
    session.unblock(reply ?? waiter.wait.otherwise);
    return true;
  }

  /** The client is gone. */
  forget(session: Session): void {
    const waiter = this.waiters.get(session);
    if (waiter) this.remove(waiter);
  }

  private timeOut(session: Session): void {
    this.interrupt(session);
  }

  private remove(waiter: Waiter): void {
    if (waiter.timer !== null) clearTimeout(waiter.timer);
    this.waiters.delete(waiter.session);
    for (const key of waiter.keys) {
      const queue = this.byKey.get(key);
      queue?.delete(waiter);
      if (queue?.size === 0) this.byKey.delete(key);
    }
  }
}

function attempt(wait: Wait): Reply | undefined {
  try {
    return wait.attempt();
  } catch (error) {
    if (error instanceof RedisError) return error.toReply();
    throw error;
  }
}

function keyName(db: number, key: Buffer): string {
  return `${db}:${key.toString("latin1")}`;
}
