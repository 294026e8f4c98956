import type { AppConfig } from "@dock2edge/runtime";

export const config: AppConfig = {
  name: "api",
  host: "durable-object",
  hostname: "api",
  image: {
    workdir: "/srv",
    entry: "/srv/index.js",
    argv: [
      "/usr/local/bin/node",
      "/srv/index.js"
    ],
    execArgv: [],
    user: "root"
  },
  port: 4000,
  peers: {
    api: {
      kind: "self"
    },
    cache: {
      kind: "server",
      binding: "CACHE"
    },
    preview: {
      kind: "app",
      binding: "PREVIEW"
    }
  },
  volumes: [
    {
      path: "/srv/data",
      kind: "persistent",
      name: "data"
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
