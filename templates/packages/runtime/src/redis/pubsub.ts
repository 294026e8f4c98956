import { globMatches } from "./glob";
import { Push } from "./reply";
import type { Session } from "./session";

/** The three kinds of subscription, by the set of a session that lists them. */
export type SubscriptionKind = "channels" | "patterns" | "shardChannels";

/** Who listens to which channel. Names are latin1 strings: one character per byte. */
export class PubSub {
  private readonly listeners: Record<SubscriptionKind, Map<string, Set<Session>>> = {
    channels: new Map(),
    patterns: new Map(),
    shardChannels: new Map(),
  };

  subscribe(kind: SubscriptionKind, name: string, session: Session): void {
    session[kind].add(name);
    const sessions = this.listeners[kind].get(name) ?? new Set();
    sessions.add(session);
    this.listeners[kind].set(name, sessions);
  }

  unsubscribe(kind: SubscriptionKind, name: string, session: Session): void {
    session[kind].delete(name);
    const sessions = this.listeners[kind].get(name);
    sessions?.delete(session);
    if (sessions?.size === 0) this.listeners[kind].delete(name);
  }

  /** The client is gone. */
  forget(session: Session): void {
    for (const kind of ["channels", "patterns", "shardChannels"] as const) {
      for (const name of [...session[kind]]) this.unsubscribe(kind, name, session);
    }
  }

  /** Sends a message to the channel's and the matching patterns' subscribers; returns how many received it. */
  publish(channel: Buffer, message: Buffer): number {
    const name = channel.toString("latin1");
    let receivers = 0;
    for (const session of this.listeners.channels.get(name) ?? []) {
      session.push(new Push(["message", channel, message]));
      receivers++;
    }
    for (const [pattern, sessions] of this.listeners.patterns) {
      if (!globMatches(pattern, name)) continue;
      const patternBytes = Buffer.from(pattern, "latin1");
      for (const session of sessions) {
        session.push(new Push(["pmessage", patternBytes, channel, message]));
        receivers++;
      }
    }
    return receivers;
  }

  publishToShard(channel: Buffer, message: Buffer): number {
    const sessions = this.listeners.shardChannels.get(channel.toString("latin1")) ?? [];
    let receivers = 0;
    for (const session of sessions) {
      session.push(new Push(["smessage", channel, message]));
      receivers++;
    }
    return receivers;
  }

  /** Names with at least one subscriber, optionally only those matching a pattern. */
  names(kind: SubscriptionKind, pattern?: string): string[] {
    return [...this.listeners[kind].keys()].filter((name) => pattern === undefined || globMatches(pattern, name));
  }

  subscribers(kind: SubscriptionKind, name: string): number {
    return this.listeners[kind].get(name)?.size ?? 0;
  }
}
