import type { AppConfig } from "@dock2edge/runtime";

export const config: AppConfig = {
  name: "preview",
  host: "worker",
  hostname: "preview",
  image: {
    workdir: "/app",
    entry: "/app/server.js",
    argv: [
      "/usr/local/bin/node",
      "/app/server.js"
    ],
    execArgv: [],
    user: "root"
  },
  port: 5000,
  peers: {},
  volumes: [],
  secretFiles: [],
  startup: {
    timeoutMs: 30000,
    quietMs: 60
  },
  codeGeneration: true,
  transport: "connect"
};
