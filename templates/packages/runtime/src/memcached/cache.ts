import { createHash } from "node:crypto";

/** What an item takes besides its key and value: memcached's own header with a CAS number. */
const ITEM_OVERHEAD = 56;
/** Expiry times up to this many seconds count from now, others from 1970. */
const LONGEST_RELATIVE = 30 * 24 * 60 * 60;
const COUNTER_MODULUS = 2n ** 64n;

export interface Item {
  readonly key: string;
  flags: number;
  value: Buffer;
  /** Unix milliseconds; 0: never. */
  expires: number;
  /** Changes with every change of the item. */
  cas: bigint;
  /** When it was last asked for (Unix milliseconds), and whether it ever was. */
  accessed: number;
  fetched: boolean;
  /** Meta commands: it was invalidated, and somebody was told to renew it. */
  stale: boolean;
  promised: boolean;
}

export type StoreMode = "set" | "add" | "replace" | "append" | "prepend";
export type Outcome = "stored" | "not-stored" | "exists" | "not-found" | "too-large";

/** When something expires, from what a client says (seconds). Negative: at once. */
export function expiryTime(seconds: number): number {
  if (seconds === 0) return 0;
  if (seconds < 0) return 1;
  return seconds <= LONGEST_RELATIVE ? Date.now() + seconds * 1000 : seconds * 1000;
}

export interface CacheOptions {
  /** Bytes of all items; what was not used for longest makes room. */
  limit: number;
  /** Bytes of one item. */
  itemLimit: number;
}

/** The items, least recently used first. */
export class Cache {
  readonly options: CacheOptions;
  readonly counts = {
    totalItems: 0,
    evictions: 0,
    expired: 0,
    ...Object.fromEntries(
      ["cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "cmd_meta", "get_hits", "get_misses", "get_expired"]
        .concat(["delete_misses", "delete_hits", "incr_misses", "incr_hits", "decr_misses", "decr_hits"])
        .concat(["cas_misses", "cas_hits", "cas_badval", "touch_hits", "touch_misses"])
        .map((name) => [name, 0]),
    ),
  } as Record<string, number>;
  /** Items changed or removed since they were last put aside. */
  readonly changed = new Set<string>();
  private readonly items = new Map<string, Item>();
  private used = 0;
  private lastCas = 0n;
  /** Items that are older than this number are gone, from that time on. */
  private flushes: { time: number; cas: bigint }[] = [];

  constructor(options: CacheOptions) {
    this.options = options;
  }

  get size(): number {
    return this.items.size;
  }

  get bytes(): number {
    return this.used;
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.items.values();
  }

  /** The item, which is thereby the most recently used; undefined when there is none or it has expired. */
  find(key: string, use = true): Item | undefined {
    this.applyFlushes();
    const item = this.items.get(key);
    if (item === undefined) return undefined;
    if (item.expires !== 0 && item.expires <= Date.now()) {
      this.remove(key);
      this.counts.expired!++;
      return undefined;
    }
    if (use) {
      this.items.delete(key);
      this.items.set(key, item);
    }
    return item;
  }

  /** Stores a value. `cas`: only if the item has that number still. */
  store(mode: StoreMode, key: string, flags: number, expires: number, value: Buffer, cas = 0n): Outcome {
    const existing = this.find(key, false);
    if (cas !== 0n) {
      if (!existing) return "not-found";
      if (existing.cas !== cas) return "exists";
    }
    if (mode === "add" && existing) {
      this.find(key);
      return "not-stored";
    }
    if (mode !== "set" && mode !== "add" && !existing) return "not-stored";
    if (mode === "append")
      return this.put(existing!.flags, existing!.expires, key, Buffer.concat([existing!.value, value]));
    if (mode === "prepend")
      return this.put(existing!.flags, existing!.expires, key, Buffer.concat([value, existing!.value]));
    return this.put(flags, expires, key, value);
  }

  private put(flags: number, expires: number, key: string, value: Buffer): Outcome {
    const size = itemSize(key, value);
    // As in memcached, a value that is too large leaves no older one behind.
    if (size > this.options.itemLimit) {
      this.remove(key);
      return "too-large";
    }
    this.remove(key);
    const now = Date.now();
    const item = {
      key,
      flags,
      value,
      expires,
      cas: this.nextCas(),
      accessed: now,
      fetched: false,
      stale: false,
      promised: false,
    };
    this.items.set(key, item);
    this.used += size;
    this.counts.totalItems!++;
    this.changed.add(key);
    this.evict();
    return "stored";
  }

  /** Takes up an item that was put aside. */
  restore(item: Omit<Item, "cas" | "accessed" | "fetched" | "stale" | "promised">): void {
    this.put(item.flags, item.expires, item.key, item.value);
    this.changed.delete(item.key);
  }

  private evict(): void {
    for (const key of this.items.keys()) {
      if (this.used <= this.options.limit) return;
      this.remove(key);
      this.counts.evictions!++;
    }
  }

  remove(key: string): boolean {
    const item = this.items.get(key);
    if (!item) return false;
    this.items.delete(key);
    this.used -= itemSize(key, item.value);
    this.changed.add(key);
    return true;
  }

  /** Adds to a number, or takes from it; undefined: the value is none. A shorter result keeps the length, as in memcached. */
  count(item: Item, delta: bigint, up: boolean): bigint | undefined {
    // As in memcached, a number ends with a blank, whatever is behind it.
    const text = /^\s*(\d{1,20})(?:\s|$)/.exec(item.value.toString("latin1"))?.[1];
    if (text === undefined || BigInt(text) >= COUNTER_MODULUS) return undefined;
    const before = BigInt(text);
    const after = up ? (before + delta) % COUNTER_MODULUS : before > delta ? before - delta : 0n;
    const padded = String(after).padEnd(item.value.length, " ");
    this.replaceValue(item, Buffer.from(padded, "latin1"));
    return after;
  }

  private replaceValue(item: Item, value: Buffer): void {
    this.used += value.length - item.value.length;
    item.value = value;
    this.touched(item);
    item.cas = this.nextCas();
    this.evict();
  }

  /** The item was changed in another way. */
  touched(item: Item): void {
    this.changed.add(item.key);
  }

  nextCas(): bigint {
    return ++this.lastCas;
  }

  /** All items of now are gone at that time. */
  flush(time: number): void {
    this.counts.cmd_flush!++;
    this.flushes.push({ time, cas: this.lastCas });
    this.applyFlushes();
  }

  private applyFlushes(): void {
    if (this.flushes.length === 0) return;
    const now = Date.now();
    for (const { cas } of this.flushes.filter(({ time }) => time <= now)) {
      for (const item of [...this.items.values()]) if (item.cas <= cas) this.remove(item.key);
    }
    this.flushes = this.flushes.filter(({ time }) => time > now);
  }
}

function itemSize(key: string, value: Buffer): number {
  return key.length + value.length + ITEM_OVERHEAD;
}

/** Compares secrets without telling by the time it takes where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return digest(a).equals(digest(b));
}
