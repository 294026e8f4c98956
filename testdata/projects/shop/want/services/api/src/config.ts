import type { AppConfig } from "@dock2edge/runtime";

export const config: AppConfig = {
  name: "api",
  host: "durable-object",
  hostname: "api",
  image: {
    workdir: "/usr/src/app",
    entry: "/usr/src/app/src/server.js",
    argv: [
      "/usr/local/bin/node",
      "/usr/src/app/src/server.js"
    ],
    execArgv: [],
    user: "node"
  },
  port: 3000,
  peers: {
    api: {
      kind: "self"
    },
    db: {
      kind: "hyperdrive",
      binding: "DB",
      protocol: "postgres"
    },
    redis: {
      kind: "server",
      binding: "REDIS"
    }
  },
  volumes: [],
  secretFiles: [],
  startup: {
    timeoutMs: 30000,
    quietMs: 60
  },
  codeGeneration: true,
  transport: "connect"
};
