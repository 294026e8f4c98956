import type { Keyspace } from "./keyspace";
import type { Session } from "./session";

interface Watched {
  db: number;
  key: Buffer;
}

/** Keys under WATCH, and the clients whose EXEC a change of them must stop. */
export class Watches {
  private readonly bySession = new Map<Session, Map<string, Watched>>();
  private readonly byKey = new Map<string, Set<Session>>();

  add(session: Session, db: number, key: Buffer): void {
    const name = keyName(db, key);
    const mine = this.bySession.get(session) ?? new Map<string, Watched>();
    mine.set(name, { db, key: Buffer.from(key) });
    this.bySession.set(session, mine);
    const watchers = this.byKey.get(name) ?? new Set();
    watchers.add(session);
    this.byKey.set(name, watchers);
  }

  keyChanged(db: number, key: Buffer): void {
    if (this.byKey.size === 0) return;
    for (const session of this.byKey.get(keyName(db, key)) ?? []) {
      session.watchFailed = true;
    }
  }

  /** Forgets the client's watches. */
  clear(session: Session): void {
    for (const name of this.bySession.get(session)?.keys() ?? []) {
      const watchers = this.byKey.get(name);
      watchers?.delete(session);
      if (watchers?.size === 0) this.byKey.delete(name);
    }
    this.bySession.delete(session);
    session.watchFailed = false;
  }

  /** Whether EXEC may run: looks every watched key up, so that one that has expired since counts as changed. */
  intact(session: Session, keyspace: Keyspace): boolean {
    for (const { db, key } of this.bySession.get(session)?.values() ?? []) {
      keyspace.find(db, key);
    }
    return !session.watchFailed;
  }
}

function keyName(db: number, key: Buffer): string {
  return `${db}:${key.toString("latin1")}`;
}
