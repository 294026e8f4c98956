import type { AppConfig } from "@dock2edge/runtime";

export const config: AppConfig = {
  name: "app",
  host: "durable-object",
  hostname: "app",
  image: {
    workdir: "/app",
    entry: "/app/dist/server.js",
    argv: [
      "/usr/local/bin/node",
      "/app/dist/server.js"
    ],
    execArgv: [
      "--enable-source-maps"
    ],
    user: "node"
  },
  port: 3001,
  peers: {
    app: {
      kind: "self"
    },
    mariadb: {
      kind: "hyperdrive",
      binding: "MARIADB",
      protocol: "mysql"
    }
  },
  volumes: [
    {
      path: "/data/uploads",
      kind: "persistent",
      name: "uploads"
    }
  ],
  secretFiles: [],
  startup: {
    timeoutMs: 30000,
    quietMs: 60
  },
  codeGeneration: false,
  transport: "connect"
};
