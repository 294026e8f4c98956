import type { AppConfig } from "@dock2edge/runtime";

export const config: AppConfig = {
  name: "worker",
  host: "durable-object",
  hostname: "worker",
  image: {
    workdir: "/srv",
    entry: "/srv/worker.js",
    argv: [
      "/usr/local/bin/node",
      "/srv/worker.js"
    ],
    execArgv: [],
    user: "root"
  },
  port: null,
  peers: {
    cache: {
      kind: "server",
      binding: "CACHE"
    },
    worker: {
      kind: "self"
    }
  },
  volumes: [],
  secretFiles: [],
  startup: {
    timeoutMs: 30000,
    quietMs: 60
  },
  codeGeneration: false,
  transport: "connect"
};
