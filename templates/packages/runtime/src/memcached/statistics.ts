import type { Session } from "./session";
import { VERSION } from "./version";

/** The lines of `stats`, or of one of its groups; undefined for a group that is not there. */
export function statistics(session: Session, group: string | undefined): [string, string | number][] | undefined {
  const { cache, server } = session;
  if (group === "items" || group === "slabs" || group === "sizes" || group === "conns") return [];
  if (group === "settings") {
    return [
      ["maxbytes", cache.options.limit],
      ["maxconns", 1024],
      ["tcpport", 11211],
      ["udpport", 0],
      ["evictions", "on"],
      ["cas_enabled", "yes"],
      ["binding_protocol", "auto-negotiate"],
      ["auth_enabled_sasl", server.user ? "yes" : "no"],
      ["item_size_max", cache.options.itemLimit],
    ];
  }
  if (group !== undefined) return undefined;
  const { totalItems, evictions, expired, ...counts } = cache.counts;
  return [
    ["pid", 1],
    ["uptime", Math.floor((Date.now() - server.startedAt) / 1000)],
    ["time", Math.floor(Date.now() / 1000)],
    ["version", VERSION],
    ["pointer_size", 64],
    ["max_connections", 1024],
    ["curr_connections", server.sessions.size],
    ["total_connections", server.accepted],
    ...Object.entries(counts),
    ["limit_maxbytes", cache.options.limit],
    ["threads", 1],
    ["bytes", cache.bytes],
    ["curr_items", cache.size],
    ["total_items", totalItems!],
    ["expired_unfetched", expired!],
    ["evictions", evictions!],
  ];
}
