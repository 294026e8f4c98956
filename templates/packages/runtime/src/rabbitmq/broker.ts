import { Access, type Permission, type User } from "./access";
import { type Definitions, importDefinitions } from "./definitions";
import { AmqpError } from "./errors";
import type { Channel } from "./channel";
import type { Connection } from "./connection";
import { Residence } from "./queue";
import { Store } from "./store";
import { Timers } from "./timers";
import { type Shared, VirtualHost } from "./vhost";
import { toBinary } from "./wire";

/** Contents kept in memory (bytes). What exceeds it is only in the storage. */
const RESIDENT_BYTES = 32 * 1024 * 1024;
/** Messages in all queues: each takes about 200 bytes of the object's 128 MB even when its content is in the storage. */
const MOST_MESSAGES = 250_000;

export interface BrokerOptions {
  users: User[];
  permissions: Permission[];
  vhosts: string[];
  definitions: Definitions;
  /** Seconds, as offered to clients. */
  heartbeat: number;
}

/** A RabbitMQ broker without its network: one thing after the other, without waiting. */
export class Broker implements Shared {
  readonly store: Store;
  readonly timers = new Timers(() => this.settle());
  readonly residence = new Residence(RESIDENT_BYTES);
  readonly access: Access;
  readonly vhosts = new Map<string, VirtualHost>();
  readonly connections = new Set<Connection>();
  /** Channels with a consumer of direct replies, by the name that stands in reply-to. */
  readonly replyChannels = new Map<string, Channel>();
  readonly heartbeat: number;
  readonly startedAt = Date.now();

  private readonly deferred: (() => void)[] = [];
  private readonly queueIds = new Set<number>();
  private lowestFreeId = 1;
  private lastDelayedId = 0;

  constructor(sql: SqlStorage, options: BrokerOptions) {
    this.store = new Store(sql);
    this.access = new Access(options.users, options.permissions);
    this.heartbeat = options.heartbeat;
    for (const name of options.vhosts) {
      this.vhosts.set(toBinary(name), new VirtualHost(toBinary(name), this, options.definitions.policies ?? []));
    }
    this.load();
    this.importOnce(options.definitions);
  }

  private load(): void {
    for (const exchange of this.store.exchanges()) this.vhosts.get(exchange.vhost)?.loadExchange(exchange);
    for (const queue of this.store.queues()) {
      const vhost = this.vhosts.get(queue.vhost);
      if (queue.exclusive) this.store.deleteQueue(queue.id);
      if (queue.exclusive || !vhost) continue;
      this.queueIds.add(queue.id);
      vhost.loadQueue(queue);
    }
    for (const binding of this.store.bindings()) this.vhosts.get(binding.vhost)?.loadBinding(binding);
    for (const delayed of this.store.delayed()) {
      this.lastDelayedId = delayed.id;
      this.vhosts.get(delayed.vhost)?.expectDelayed(delayed);
    }
  }

  /** Declares what the definitions have, unless these same ones were taken before: what was deleted since stays deleted. */
  private importOnce(definitions: Definitions): void {
    const text = JSON.stringify(definitions);
    if (text === "{}" || this.store.meta("definitions") === text) return;
    importDefinitions(definitions, this.vhosts);
    this.store.setMeta("definitions", text);
  }

  // ---- connections -----------------------------------------------------------------------------------------------

  opened(connection: Connection): void {
    this.connections.add(connection);
    this.timers.wake();
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    this.settle();
    if (this.connections.size > 0) return;
    this.timers.sleep();
    for (const vhost of this.vhosts.values()) vhost.storeAll();
  }

  // ---- what virtual hosts share ------------------------------------------------------------------------------------

  defer(task: () => void): void {
    this.deferred.push(task);
  }

  /** Does what was deferred, and what that defers. */
  settle(): void {
    for (let task = this.deferred.shift(); task !== undefined; task = this.deferred.shift()) task();
  }

  /** Throws when there is no room for another message. */
  assertRoom(): void {
    if (this.residence.count < MOST_MESSAGES) return;
    throw new AmqpError("RESOURCE_ERROR", `the broker holds ${MOST_MESSAGES} messages, which is all it can`);
  }

  nextQueueId(): number {
    let id = this.lowestFreeId;
    while (this.queueIds.has(id)) id++;
    this.queueIds.add(id);
    this.lowestFreeId = id + 1;
    return id;
  }

  releaseQueueId(id: number): void {
    this.queueIds.delete(id);
    this.lowestFreeId = Math.min(this.lowestFreeId, id);
  }

  nextDelayedId(): number {
    return ++this.lastDelayedId;
  }
}
