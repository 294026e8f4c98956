import type { Server } from "../server";
import { REDIS_VERSION } from "../version";

type Section = [name: string, fields: Record<string, string | number>];

/** INFO's text: all sections, or those asked for. */
export function infoText(server: Server, wanted: readonly string[]): string {
  const everything = wanted.length === 0 || wanted.some((name) => /^(?:all|default|everything)$/.test(name));
  return sections(server)
    .filter(([name]) => everything || wanted.includes(name.toLowerCase()))
    .map(([name, fields]) => {
      const lines = Object.entries(fields).map(([k, v]) => `${k}:${v}\r\n`);
      return `# ${name}\r\n${lines.join("")}`;
    })
    .join("\r\n");
}

function sections(server: Server): Section[] {
  const seconds = Math.floor((Date.now() - server.startedAt) / 1000);
  const bytes = server.keyspace.sql.databaseSize;
  return [
    [
      "Server",
      {
        redis_version: REDIS_VERSION,
        redis_mode: "standalone",
        os: "workerd",
        arch_bits: 64,
        process_id: 1,
        run_id: "0".repeat(40),
        tcp_port: 6379,
        uptime_in_seconds: seconds,
        uptime_in_days: Math.floor(seconds / 86400),
        hz: 10,
        executable: "/usr/local/bin/redis-server",
        config_file: "",
      },
    ],
    [
      "Clients",
      {
        connected_clients: server.sessions.size,
        maxclients: server.config.get("maxclients"),
        blocked_clients: server.blocked.count,
      },
    ],
    [
      "Memory",
      {
        // The data is in SQLite; these are its bytes.
        used_memory: bytes,
        used_memory_human: `${(bytes / 1024 / 1024).toFixed(2)}M`,
        used_memory_rss: bytes,
        used_memory_peak: bytes,
        maxmemory: server.config.get("maxmemory"),
        maxmemory_human: "0B",
        maxmemory_policy: server.config.get("maxmemory-policy"),
        mem_fragmentation_ratio: "1.00",
      },
    ],
    [
      "Persistence",
      {
        loading: 0,
        async_loading: 0,
        rdb_changes_since_last_save: 0,
        rdb_bgsave_in_progress: 0,
        rdb_last_save_time: Math.floor(Date.now() / 1000),
        rdb_last_bgsave_status: "ok",
        aof_enabled: 1,
        aof_rewrite_in_progress: 0,
        aof_last_write_status: "ok",
      },
    ],
    [
      "Stats",
      {
        total_connections_received: server.stats.connections,
        total_commands_processed: server.stats.commands,
        rejected_connections: 0,
        expired_keys: server.stats.expired,
        evicted_keys: 0,
        keyspace_hits: 0,
        keyspace_misses: 0,
        pubsub_channels: server.pubsub.names("channels").length,
        pubsub_patterns: server.pubsub.names("patterns").length,
      },
    ],
    [
      "Replication",
      {
        role: "master",
        connected_slaves: 0,
        master_replid: "0".repeat(40),
        master_repl_offset: 0,
      },
    ],
    ["CPU", { used_cpu_sys: "0.000000", used_cpu_user: "0.000000" }],
    ["Cluster", { cluster_enabled: 0 }],
    ["Keyspace", keyspaceFields(server)],
  ];
}

function keyspaceFields(server: Server): Record<string, string> {
  const rows = server.keyspace.sql
    .exec<{
      db: number;
      keys: number;
      expires: number;
    }>(
      "SELECT db, count(*) AS keys, count(expires) AS expires FROM keys WHERE expires IS NULL OR expires > ? GROUP BY db ORDER BY db",
      Date.now(),
    )
    .toArray();
  return Object.fromEntries(
    rows.map(({ db, keys, expires }) => [`db${db}`, `keys=${keys},expires=${expires},avg_ttl=0`]),
  );
}
