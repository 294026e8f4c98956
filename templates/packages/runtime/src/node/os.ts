import realOs from "node:os";
import type { AppConfig } from "../config";
import { OWN_ADDRESS } from "../net/socket";

/** 128 MiB: what an isolate has. */
const MEMORY_BYTES = 128 * 1024 * 1024;

/**
 * The app's `node:os`: a container with one CPU and the isolate's memory. workerd's own has no CPU at all, which makes apps
 * that start one worker per CPU start none.
 */
export function createOs(config: AppConfig, bootedAt: number): Record<string, unknown> {
  const cpu = { model: "Cloudflare Workers", speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } };
  const user =
    config.image.user === "" || config.image.user === "root" || config.image.user === "0" ? "root" : config.image.user;
  return {
    ...realOs,
    hostname: () => config.hostname,
    cpus: () => [structuredClone(cpu)],
    availableParallelism: () => 1,
    totalmem: () => MEMORY_BYTES,
    freemem: () => MEMORY_BYTES / 2,
    loadavg: () => [0, 0, 0],
    uptime: () => (Date.now() - bootedAt) / 1000,
    homedir: () => (user === "root" ? "/root" : `/home/${user.split(":")[0]}`),
    tmpdir: () => "/tmp",
    userInfo: () => ({
      uid: user === "root" ? 0 : 1000,
      gid: user === "root" ? 0 : 1000,
      username: user,
      homedir: "/root",
      shell: "/bin/sh",
    }),
    networkInterfaces: () => ({
      lo: [
        {
          address: "127.0.0.1",
          netmask: "255.0.0.0",
          family: "IPv4",
          mac: "00:00:00:00:00:00",
          internal: true,
          cidr: "127.0.0.1/8",
        },
      ],
      eth0: [
        {
          address: OWN_ADDRESS,
          netmask: "255.255.0.0",
          family: "IPv4",
          mac: "02:42:0a:59:00:02",
          internal: false,
          cidr: `${OWN_ADDRESS}/16`,
        },
      ],
    }),
  };
}
