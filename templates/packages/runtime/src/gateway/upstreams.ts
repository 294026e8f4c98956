import type { Upstream, UpstreamServer } from "./config.ts";
import type { Exchange } from "./exchange.ts";

/** One server of an upstream and what this isolate knows about it. */
interface Peer {
  server: UpstreamServer;
  weight: number;
  /** Grows by the weight each turn; the largest is next (nginx's smooth round robin). */
  current: number;
  active: number;
  fails: number;
  firstFailure: number;
  downUntil: number;
}

/** Chooses servers of an upstream. Each isolate balances and counts failures for itself. */
export class Balancer {
  readonly upstream: Upstream;
  readonly #peers: Peer[];

  constructor(upstream: Upstream) {
    this.upstream = upstream;
    this.#peers = upstream.servers.map((server) => ({
      server,
      weight: server.weight ?? 1,
      current: 0,
      active: 0,
      fails: 0,
      firstFailure: 0,
      downUntil: 0,
    }));
  }

  /** How many servers may be asked, one after the other. */
  get size(): number {
    return this.#peers.filter((p) => !p.server.down).length;
  }

  /** The next server to ask, leaving out those already tried; null when none is left. */
  pick(x: Exchange, tried: ReadonlySet<string>): string | null {
    const usable = this.#peers.filter(
      (p) => !p.server.down && !tried.has(p.server.address) && (this.size === 1 || p.downUntil <= Date.now()),
    );
    const primary = usable.filter((p) => !p.server.backup);
    const candidates = primary.length > 0 ? primary : usable;
    return candidates.length === 0 ? null : this.#choose(x, candidates).server.address;
  }

  #choose(x: Exchange, candidates: Peer[]): Peer {
    const { balance } = this.upstream;
    switch (balance) {
      case undefined:
      case "round-robin":
        return roundRobin(candidates);
      case "least-connections": {
        const least = Math.min(...candidates.map((p) => p.active / p.weight));
        return roundRobin(candidates.filter((p) => p.active / p.weight === least));
      }
      case "random":
        return byWeight(candidates, Math.random());
      case "ip-hash":
        return byWeight(candidates, addressHash(x.remoteAddress));
      default:
        return byWeight(candidates, textHash(x.expand(balance.hash)));
    }
  }

  started(address: string): void {
    for (const peer of this.#find(address)) {
      peer.active += 1;
    }
  }

  /** Tells how an attempt ended. After `maxFails` failures within `failTimeout` the server rests for as long. */
  finished(address: string, ok: boolean): void {
    for (const peer of this.#find(address)) {
      peer.active -= 1;
      const window = (peer.server.failTimeout ?? 10) * 1000;
      const now = Date.now();
      if (ok) {
        peer.fails = 0;
        continue;
      }
      if (now - peer.firstFailure > window) {
        peer.fails = 0;
        peer.firstFailure = now;
      }
      peer.fails += 1;
      const maxFails = peer.server.maxFails ?? 1;
      if (maxFails > 0 && peer.fails >= maxFails) {
        peer.downUntil = now + window;
      }
    }
  }

  #find(address: string): Peer[] {
    return this.#peers.filter((p) => p.server.address === address);
  }
}

function roundRobin(candidates: Peer[]): Peer {
  const total = candidates.reduce((sum, p) => sum + p.weight, 0);
  for (const peer of candidates) {
    peer.current += peer.weight;
  }
  const best = candidates.reduce((a, b) => (b.current > a.current ? b : a));
  best.current -= total;
  return best;
}

/** The peer at a point between 0 and 1, where each takes up room by its weight. */
function byWeight(candidates: Peer[], point: number): Peer {
  let left = point * candidates.reduce((sum, p) => sum + p.weight, 0);
  for (const peer of candidates) {
    left -= peer.weight;
    if (left < 0) {
      return peer;
    }
  }
  return candidates[0] as Peer;
}

/** A number from 0 to 1 for an address; neighbours of one IPv4 network of 256 stay together, as with ip_hash. */
function addressHash(address: string): number {
  return textHash(address.includes(":") ? address : address.split(".").slice(0, 3).join("."));
}

function textHash(text: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash / 0x1_0000_0000;
}
